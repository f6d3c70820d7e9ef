"""The conversations that every chat template is rendered with: plain ones, tools, odd contents, and some that templates refuse."""


def turns(*pairs):
    return [{"role": role, "content": content} for role, content in pairs]


def call(name, arguments, call_id="a1b2c3d4e"):
    return {"type": "function", "id": call_id, "function": {"name": name, "arguments": arguments}}


def calling(*calls, content=""):
    return {"role": "assistant", "content": content, "tool_calls": list(calls)}


def result(content, call_id="a1b2c3d4e"):
    return {"role": "tool", "name": "weather", "tool_call_id": call_id, "content": content}


def function(name, description, properties, required):
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


WEATHER = function(
    "weather",
    "The weather of a city.\nTemperatures are in °C.",
    {
        "city": {"type": "string", "description": "A city's name, \"quoted\" or not"},
        "days": {"type": "integer", "description": "How far ahead, < 8 & > 0"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
    },
    ["city"],
)
SEARCH = function(
    "search",
    "Searches the catalogue",
    {
        "query": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "weights": {"type": "object", "additionalProperties": {"type": "number"}},
        "range": {
            "type": "object",
            "properties": {"from": {"type": "integer"}, "to": {"type": ["integer", "null"]}},
            "required": ["from"],
        },
        "exact": {"type": "boolean"},
        "anything": {},
    },
    ["query", "tags"],
)
NOTHING = {"type": "function", "function": {"name": "now", "description": "The time", "parameters": {}}}

HELLO = turns(("user", "Hello!"))
SYSTEM = turns(("system", "You are terse."), ("user", "Why is the sky blue?"))
DIALOGUE = turns(
    ("user", "I have a dog."), ("assistant", "What is its name?"), ("user", "Pepper."), ("assistant", "A fine name."), ("user", "Say it back.")
)
ASKED = turns(("user", "Will it rain in Bergen?"))
RAIN = {"city": "Bergen", "days": 2}

THOUGHT = "<think>\nThe user wants two.\n</think>\n\nTwo."

# name, messages, what else the template sees
CONVERSATIONS = [
    ("hello", HELLO, {"add_generation_prompt": True}),
    ("hello without a prompt for the answer", HELLO, {"add_generation_prompt": False}),
    ("nothing else defined", HELLO, {}),
    ("system turn", SYSTEM, {"add_generation_prompt": True}),
    ("dialogue", DIALOGUE, {"add_generation_prompt": True}),
    ("dialogue with a system turn that ends on the answer", SYSTEM + turns(("assistant", " Rayleigh. ")), {"add_generation_prompt": False}),
    ("white space and line ends", turns(("system", "\n a \n"), ("user", "  two\n\nlines \r\n\ttab ")), {"add_generation_prompt": True}),
    ("scripts", turns(("user", "你好 مرحبا नमस्ते 👩‍👩‍👧 e\u0301 \u00a0x"), ("assistant", "Привет"), ("user", "ありがとう")), {"add_generation_prompt": True}),
    ("template syntax in the text", turns(("system", "{{ 7 * 7 }}"), ("user", "{% raise %} {# no #} <|im_end|> </s>")), {"add_generation_prompt": True}),
    ("empty contents", turns(("system", ""), ("user", ""), ("assistant", ""), ("user", "?")), {"add_generation_prompt": True}),
    ("content none", HELLO + [{"role": "assistant", "content": None}], {"add_generation_prompt": True}),
    ("two user turns together", turns(("user", "One."), ("user", "Two.")), {"add_generation_prompt": True}),
    ("assistant first", turns(("assistant", "Hi."), ("user", "Hello.")), {"add_generation_prompt": True}),
    ("unknown role", turns(("user", "a"), ("critic", "b"), ("user", "c")), {"add_generation_prompt": True}),
    ("later system turn", turns(("user", "a"), ("assistant", "b"), ("system", "now in French"), ("user", "c")), {"add_generation_prompt": True}),
    (
        "content in parts",
        [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": " What is this? "}]}],
        {"add_generation_prompt": True},
    ),
    ("thinking in the text", turns(("user", "1+1?"), ("assistant", THOUGHT), ("user", "2+2?"), ("assistant", THOUGHT)), {}),
    (
        "thinking in a field",
        turns(("user", "1+1?")) + [{"role": "assistant", "content": "2", "reasoning_content": "easy\n"}],
        {"add_generation_prompt": False},
    ),
    ("thinking off", HELLO, {"add_generation_prompt": True, "enable_thinking": False}),
    ("tools offered", SYSTEM, {"tools": [WEATHER, SEARCH, NOTHING], "add_generation_prompt": True}),
    ("tools offered without a system turn", HELLO, {"tools": [WEATHER], "add_generation_prompt": True}),
    ("tool called", ASKED + [calling(call("weather", RAIN))], {"tools": [WEATHER], "add_generation_prompt": False}),
    (
        "tool answered",
        ASKED + [calling(call("weather", RAIN)), result('{"rain": true}')],
        {"tools": [WEATHER], "add_generation_prompt": True},
    ),
    (
        "tool answered, then told",
        SYSTEM[:1] + ASKED + [calling(call("weather", RAIN), content="Let me look."), result("rain")] + turns(("assistant", "Yes."), ("user", "Thanks")),
        {"tools": [WEATHER], "add_generation_prompt": True},
    ),
    (
        "two calls at once",
        ASKED + [calling(call("weather", RAIN), call("weather", {"city": "Oslo"}, "f6g7h8i9j")), result("rain"), result("sun", "f6g7h8i9j")],
        {"tools": [WEATHER], "add_generation_prompt": True},
    ),
    (
        "arguments as text",
        ASKED + [calling(call("weather", '{"city": "Bergen"}')), result("rain")],
        {"tools": [WEATHER], "add_generation_prompt": True},
    ),
    ("call with a short id", ASKED + [calling(call("weather", RAIN, "7"))], {"tools": [WEATHER]}),
    ("tool result with no call", ASKED + [result("rain")], {"tools": [WEATHER], "add_generation_prompt": True}),
    ("structured result", ASKED + [calling(call("weather", RAIN)), result({"rain": True, "mm": 2.5, "note": None})], {"add_generation_prompt": True}),
    (
        "builtin tools, a given date",
        SYSTEM + [calling(call("brave_search", {"query": "sky", "n": 3}))],
        {"builtin_tools": ["brave_search", "code_interpreter"], "date_string": "1 Jan 2025", "tools_in_user_message": False},
    ),
    (
        "documents",
        HELLO,
        {"documents": [{"title": "Tall", "text": "Giraffes"}, {"text": "Ants\n", "title": "Small"}], "add_generation_prompt": True},
    ),
    ("no messages", [], {"add_generation_prompt": True}),
]
