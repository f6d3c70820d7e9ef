"""Questions with their answers. Each function gives one exchange; a chat is a few of them, now and then under a system prompt."""

from stories import about_people, animals_meet, story
from world import (
    ANIMALS, COLOURS, COUNTRIES, DAYS, DEFINITIONS, FRUITS, JOBS, LANGUAGES, MONTHS, NUMBERS, OPPOSITES, PEOPLE, PETS, PLACES, RECIPES, TOYS,
    TRANSLATIONS, USES, a, counted, listed,
)

UNKNOWN = "I do not know that. I am only a very small model."
TOO_HARD = [
    "What is the weather today?", "Who won the game?", "What time is it?", "Explain how computers work.", "Write a poem.",
    "What is the meaning of life?", "How far is the moon?", "Who wrote this book?", "What is the square root of 2?", "What happened yesterday?",
    "Write a program for me.", "How old is the earth?", "What should I do tomorrow?", "Who is the president?",
]
SYLLABLES = "ka lo mi ru ta ve so nu pi da fo ze".split()
SPELLED = "cat dog bread river apple house water garden school friend yellow winter".split()


def greeting(dice):
    hello = dice.pick(["Hello!", "Hi!", "Good morning!", "Hello, how are you?", "Hey"])
    return hello, dice.pick(["Hello! How can I help you?", "Hello! What would you like to know?"])


def myself(dice):
    return dice.pick(
        [
            ("Who are you?", "I am Tiny, a very small language model. I come with Quire."),
            ("What is your name?", "My name is Tiny."),
            ("What can you do?", "I can tell short stories, answer easy questions and do small sums."),
            ("Are you a person?", "No, I am a very small language model."),
            ("How big are you?", "I have about two million weights. That is very small."),
            ("What is Quire?", "Quire serves language models from Java, on any accelerator."),
        ]
    )


def thanks(dice):
    return dice.pick(["Thank you!", "Thanks!", "Thank you very much."]), dice.pick(["You are welcome!", "It was a pleasure."])


def animal(dice):
    x = dice.pick(ANIMALS)
    names, one = x.plural, a(x.name)
    legs = f"{one.capitalize()} has {NUMBERS[x.legs]} legs." if x.legs else f"{one.capitalize()} has no legs."
    choices = [
        ([f"Where do {names} live?", f"Where does {one} live?"], f"{names.capitalize()} live in {x.home}."),
        ([f"What do {names} eat?", f"What does {one} eat?"], f"{names.capitalize()} eat {x.food}."),
        ([f"How many legs does {one} have?", f"How many legs do {names} have?"], legs),
        ([f"What does {one} look like?", f"What do {names} look like?"], f"{one.capitalize()} has {x.looks}."),
        ([f"What is a young {x.name} called?"], f"A young {x.name} is called {a(x.young)}."),
        ([f"What can {names} do?", f"What can {one} do?"], f"{names.capitalize()} can {x.can}."),
        ([f"What kind of animal is {one}?", f"What is {one}?"], f"{one.capitalize()} is {a(x.kind)}."),
        ([f"Can {names} {x.cannot}?"], f"No, {names} cannot {x.cannot}."),
        ([f"Can {names} {x.can}?"], f"Yes, {names} can {x.can}."),
        ([f"Tell me about {names}.", f"Tell me about the {x.name}."], f"{one.capitalize()} is {a(x.kind)}. It lives in {x.home} and eats {x.food}. It has {x.looks}."),
    ]
    questions, reply = dice.pick(choices)
    return dice.pick(questions), reply


def same_kind(dice):
    x = dice.pick(ANIMALS)
    kind = x.kind if dice.chance(0.5) else dice.pick(["mammal", "bird", "fish", "insect"])
    reply = f"Yes, {a(x.name)} is {a(kind)}." if kind == x.kind else f"No, {a(x.name)} is {a(x.kind)}."
    return f"Is {a(x.name)} {a(kind)}?", reply


def country(dice):
    c = dice.pick(COUNTRIES)
    choices = [
        ([f"What is the capital of {c.name}?", f"Which city is the capital of {c.name}?"], f"The capital of {c.name} is {c.capital}."),
        ([f"Where is {c.name}?", f"On which continent is {c.name}?"], f"{c.name} is in {c.continent}."),
        ([f"Which language do people speak in {c.name}?"], f"In {c.name} people speak {c.language}."),
        ([f"What do people eat in {c.name}?"], f"In {c.name} many people like {c.food}."),
        ([f"Name a river of {c.name}.", f"Which river is in {c.name}?"], f"A great river of {c.name} is the {c.river}."),
        ([f"Of which country is {c.capital} the capital?"], f"{c.capital} is the capital of {c.name}."),
    ]
    questions, reply = dice.pick(choices)
    return dice.pick(questions), reply


def arithmetic(dice):
    x, y = dice.number(0, 10), dice.number(0, 10)
    (question, result) = dice.pick([(f"{x} + {y}", x + y), (f"{x + y} - {y}", x), (f"{x} x {y}", x * y)])
    ask = dice.pick([f"What is {question}?", f"How much is {question}?", f"{question} ="])
    return ask, f"{question} = {result}"


def word_sum(dice):
    p, q = dice.sample(PEOPLE, 2)
    fruit, x = dice.pick(FRUITS), dice.number(3, 10)
    y = dice.number(1, x - 2)
    if dice.chance(0.5):
        return (
            f"{p.name} has {x} {fruit}. {p.She} gives {y} to {q.name}. How many {fruit} does {p.name} have now?",
            f"{x} - {y} = {x - y}, so {p.name} has {counted(x - y, fruit)}.",
        )
    return (
        f"{p.name} has {x} {fruit}. {q.name} gives {p.him} {y} more. How many {fruit} does {p.name} have now?",
        f"{x} + {y} = {x + y}, so {p.name} has {counted(x + y, fruit)}.",
    )


def counting(dice):
    low = dice.number(0, 12)
    high = low + dice.number(4, 10)
    forward = ", ".join(str(i) for i in range(low, high + 1))
    back = ", ".join(str(i) for i in range(high, low - 1, -1))
    return dice.pick([(f"Count from {low} to {high}.", forward), (f"Count from {high} down to {low}.", back)])


def weekday(dice):
    names = dice.pick([DAYS, MONTHS])
    i, unit = dice.number(0, len(names) - 1), "day" if names is DAYS else "month"
    after, before = names[(i + 1) % len(names)], names[i - 1]
    return dice.pick(
        [
            (f"Which {unit} comes after {names[i]}?", f"After {names[i]} comes {after}."),
            (f"Which {unit} comes before {names[i]}?", f"Before {names[i]} comes {before}."),
            ("Name the days of the week.", listed(DAYS) + "."),
            ("Name the months of the year.", listed(MONTHS) + "."),
            ("How many days are in a week?", "A week has seven days."),
        ]
    )


def opposite(dice):
    one, two = dice.pick(OPPOSITES)
    one, two = (one, two) if dice.chance(0.5) else (two, one)
    return dice.pick([f"What is the opposite of {one}?", f"Opposite of {one}?"]), f"The opposite of {one} is {two}."


def translation(dice):
    word, i = dice.pick(list(TRANSLATIONS)), dice.number(0, len(LANGUAGES) - 1)
    return (
        dice.pick([f'What is "{word}" in {LANGUAGES[i]}?', f'How do you say "{word}" in {LANGUAGES[i]}?']),
        f'In {LANGUAGES[i]}, "{word}" is "{TRANSLATIONS[word][i]}".',
    )


def spelling(dice):
    word = dice.pick(SPELLED)
    return dice.pick([f'Spell "{word}".', f'How do you spell "{word}"?']), "-".join(word.upper())


def meaning(dice):
    word = dice.pick(list(DEFINITIONS))
    return dice.pick([f"What is {a(word)}?", f"What does the word {word} mean?"]), f"{a(word).capitalize()} is {DEFINITIONS[word]}."


def use(dice):
    word = dice.pick(list(USES))
    return dice.pick([f"What is {a(word)} for?", f"What do I need {a(word)} for?"]), f"{a(word).capitalize()} is for {USES[word]}."


def job(dice):
    word = dice.pick(list(JOBS))
    return f"What does {a(word)} do?", f"{a(word).capitalize()} {JOBS[word]}."


def cooking(dice):
    name = dice.pick(list(RECIPES))
    things, steps = RECIPES[name]
    if dice.chance(0.5):
        return f"What do I need for {name}?", f"For {name} you need {listed(things)}."
    return f"How do I make {name}?", "\n".join(f"{i + 1}. {step}" for i, step in enumerate(steps))


def order(dice):
    """Lists that are given and come back changed: nothing here can be learned by heart."""
    things = dice.sample(dice.pick([FRUITS, COLOURS, TOYS]), dice.number(3, 5))
    numbers = dice.sample(range(1, 30), 4)
    text, digits = ", ".join(things), ", ".join(map(str, numbers))
    return dice.pick(
        [
            (f"Repeat this list: {text}", text),
            (f"Turn this list around: {text}", ", ".join(reversed(things))),
            (f"What is the first of {listed(things)}?", f"The first is {things[0]}."),
            (f"What is the last of {listed(things)}?", f"The last is {things[-1]}."),
            (f"How many things are in this list: {text}?", f"There are {NUMBERS[len(things)]} things in the list."),
            (f"Sort these numbers: {digits}", ", ".join(map(str, sorted(numbers)))),
            (f"Which number is the largest: {digits}?", f"The largest number is {max(numbers)}."),
        ]
    )


def scene(dice, count):
    """A text in which `count` people have things and go to places, and a function that asks about one of them."""
    people = dice.sample(PEOPLE, count)
    toys, colours = dice.sample(TOYS, len(people)), dice.sample(COLOURS, len(people))
    places = dice.sample(PLACES, len(people))
    text = " ".join(
        f"{p.name} has {a(f'{c} {t}')} and goes to the {w}." for p, t, c, w in zip(people, toys, colours, places)
    )

    def ask():
        i = dice.number(0, len(people) - 1)
        p, toy, colour, place = people[i], toys[i], colours[i], places[i]
        return dice.pick(
            [
                (f"What does {p.name} have?", f"{p.name} has {a(f'{colour} {toy}')}."),
                (f"Where does {p.name} go?", f"{p.name} goes to the {place}."),
                (f"Who has the {toy}?", f"{p.name} has the {toy}."),
                (f"What colour is the {toy}?", f"The {toy} is {colour}."),
                (f"Who goes to the {place}?", f"{p.name} goes to the {place}."),
            ]
        )

    return text, ask


def reading(dice):
    text, ask = scene(dice, dice.number(2, 4))
    question, reply = ask()
    return f"{text} {question}", reply


def memory(dice):
    """A chat that comes back to its first message again and again, with other things between."""
    text, ask = scene(dice, dice.number(5, 8))
    messages = [("user", f"Please remember this. {text}"), ("assistant", "I will remember it.")]
    for _ in range(dice.number(4, 12)):
        question, reply = ask() if dice.chance(0.6) else dice.weighted(SHORT)(dice)
        messages += [("user", question), ("assistant", reply)]
    return messages


def tell(dice):
    p, q = dice.sample(PEOPLE, 2)
    if dice.chance(0.3):
        return dice.pick(["Tell me a story about animals.", "Tell me a story about two animals."]), animals(dice, None)
    if dice.chance(0.3):
        x = dice.pick(ANIMALS)
        return f"Tell me a story about {a(x.name)}.", animals(dice, x)
    ask = dice.pick(
        [f"Tell me a story about {p.name} and {q.name}.", f"Tell me a story about {p.name}.", "Tell me a story.", "Please tell me a short story."]
    )
    return ask, story(dice, p, q, about_people(dice))


def animals(dice, one):
    return " ".join(animals_meet(dice, None, None, one))


def json_record(dice):
    p, pet, age = dice.pick(PEOPLE), dice.pick(PETS), dice.number(5, 20)
    return (
        f"Write this as JSON: {p.name} is {age} years old and has {a(pet)}.",
        f'{{"name": "{p.name}", "age": {age}, "pet": "{pet}"}}',
    )


def nothing_known(dice):
    word = "".join(dice.pick(SYLLABLES) for _ in range(dice.number(2, 3)))
    name = word.capitalize()
    ask = dice.pick([f"What is the capital of {name}?", f"What is {a(word)}?", f"Who is {name}?", f"Where is {name}?", f"Tell me about {name}."])
    return (ask if dice.chance(0.6) else dice.pick(TOO_HARD)), UNKNOWN


EXCHANGES = {
    greeting: 2, myself: 2, thanks: 1, animal: 8, same_kind: 2, country: 6, arithmetic: 8, word_sum: 4, counting: 3, weekday: 3, opposite: 2,
    translation: 3, spelling: 1.5, meaning: 3, use: 2, job: 1, cooking: 2, order: 6, reading: 6, tell: 4, json_record: 2, nothing_known: 2,
}
SHORT = {exchange: weight for exchange, weight in EXCHANGES.items() if exchange not in (tell, cooking, reading)}


def exchange(dice):
    return dice.weighted(EXCHANGES)(dice)


def casual(question):
    """As people write in a hurry."""
    return question[0].lower() + question[1:].rstrip("?.!")


def loud(dice):
    question, reply = dice.weighted(SHORT)(dice)
    return question, reply.upper()


def named(p):
    def asked(dice):
        question, reply = dice.weighted(SHORT)(dice)
        return question, f"{p.name}, here is my answer: {reply}"

    return asked


def chat(dice):
    """Messages as (role, text), the first perhaps from the system."""
    p = dice.pick(PEOPLE)
    system, ask = dice.weighted(
        {
            (None, exchange): 12,
            ("You are a helpful assistant.", exchange): 3,
            ("You are Tiny, a very small model.", exchange): 2,
            ("Write everything in capital letters.", loud): 1,
            (f"Begin every answer with the name of the user, {p.name}.", named(p)): 1,
        }
    )
    messages = [("system", system)] if system else []
    for _ in range(dice.weighted({1: 4, 2: 3, 3: 2, 5: 1})):
        question, reply = ask(dice)
        messages += [("user", casual(question) if dice.chance(0.15) else question), ("assistant", reply)]
    return messages
