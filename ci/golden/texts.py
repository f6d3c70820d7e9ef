"""Strings that tokenizers get wrong: scripts, emoji, white space, marks, controls, code, and text that looks like special tokens."""

LATIN = """
Hello, world!
The quick brown fox jumps over the lazy dog.
I'm sure they've said it's John's; we'll see if you'd know what he'd've done. Don't SHOUT: I'M, IT'S, WE'LL
naïve café façade Zoë coöperate résumé
Größenwahn, Übermut, Straße, ẞ
L'été, j'ai mangé des œufs à la coque — n'est-ce pas ?
¿Dónde está el niño? ¡Aquí!
Žluťoučký kůň úpěl ďábelské ódy
Zażółć gęślą jaźń
Tiếng Việt có nhiều dấu: đường, nước, người
İstanbul'da ılık bir gün, ığdır
Þórður á Íslandi
ʻŌlelo Hawaiʻi
Ĝis revido, ŝatata ĵurnalo
Ọ̀rọ̀ Yorùbá
ﬁnal ﬂow ﬀ ligatures
ＦＵＬＬ　ｗｉｄｔｈ　１２３
𝓯𝓪𝓷𝓬𝔂 𝕥𝕖𝕩𝕥 𝟘𝟙𝟚
ᴀʙᴄ ˢᵘᵖ ₛᵤᵦ
""".strip().split("\n")

SCRIPTS = """
Съешь же ещё этих мягких французских булок, да выпей чаю.
Ελληνικά: ξεσκεπάζω την ψυχοφθόρα βδελυγμία
Українська: їжак, ґанок, є
Српски: љубав, њива, џеп
Հայերեն լեզու
ქართული ენა
שלום עולם
שָׁלוֹם עִם נִקּוּד
مرحبا بالعالم
اَلْعَرَبِيَّةُ مَعَ التَّشْكِيلِ
فارسی: می‌خواهم کتاب بخوانم
اردو زبان
नमस्ते दुनिया, क्षत्रिय ज्ञान
বাংলা ভাষা
ਪੰਜਾਬੀ ਭਾਸ਼ਾ
ગુજરાતી ભાષા
தமிழ் மொழி
తెలుగు భాష
ಕನ್ನಡ ಭಾಷೆ
മലയാളം ഭാഷ
සිංහල භාෂාව
ภาษาไทยไม่มีช่องว่าง
ພາສາລາວ
བོད་སྐད་
မြန်မာဘာသာ
ភាសាខ្មែរ
አማርኛ ቋንቋ
ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ
ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ
中文：我们明天去北京。
繁體中文：臺灣的圖書館
日本語：私は学校へ行きます。
カタカナ　ｶﾀｶﾅ　ひらがな
한국어: 안녕하세요 세계
한국어 자모
文言文：學而時習之，不亦說乎？
中英mixed文字123号
𠮷野家 𩸽 𝄞 𒀀𒁀 𓀀
ߒߞߏ ⴰⵎⴰⵣⵉⵖ
Кириллица and Latin mixed: Сола Cola
""".strip().split("\n")

EMOJI = [
    "🙂",
    "🙂🙂🙂",
    "Hi 👋🏽 there 👍🏿!",
    "👩‍👩‍👧‍👦 family",
    "👩🏾‍🚀 👨‍💻 🧑‍🤝‍🧑",
    "🇵🇹🇯🇵🇧🇷",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿 flag of tags",
    "🏳️‍🌈 🏴‍☠️",
    "1️⃣ 2️⃣ #️⃣ *️⃣",
    "☺ ☺️ ❤ ❤️ ♀️",
    "🫠🫡🫨",
    "text🙂text🙂",
    "\U0001f9d1\u200d\U0001f384",
    "→ ← ⇒ ∀x∈ℝ: x² ≥ 0 ∧ ∑ᵢ aᵢ ≠ ∞",
    "½ ⅓ ² ³ ① ⑩ Ⅳ ٣ ४ ５",
    "€5 £6 ¥7 ₹8 ₿9 ¢",
    "…—–‘’“”«»‹›„‚",
    "▁ underscore block ▁▁ x",
    "Ġ and Ċ as text ĠĊ",
    "█▓▒░ ┌─┐│└┘",
    "©®™ §¶†‡ •◦‣",
]

SPACES = [
    "",
    " ",
    "  ",
    "   ",
    "       ",
    "\n",
    "\n\n",
    "\n\n\n\n\n",
    "\r\n",
    "a\r\nb\r\n\r\nc",
    "\r",
    "\t",
    "\t\t\t",
    " \t \n \t",
    " a",
    "a ",
    "  a",
    "a  ",
    "a  b",
    "a   b    c",
    "a\nb",
    "a\n b",
    "a \nb",
    "a\n\nb",
    "a \n \n b",
    "a\tb\t\tc",
    "\n a",
    "\n  a\n",
    "    indented\n        twice\n",
    "trailing   \n",
    "a\u00a0b",
    "a\u2003b\u2009c",
    "a\u3000b",
    "\u00a0",
    "a\u2028b\u2029c",
    "a\u0085b",
    "a\u000bb\u000cc",
    "a\u200bb\u200cc\u200dd",
    "\ufeffBOM first",
    "x\u2060y\u00ady",
    "1  2   3",
    "  12",
    "a  1",
    "\n1",
    "   \n   \n   x",
]

MARKS = [
    "e\u0301 \u00e9",
    "a\u0300\u0301\u0302\u0303\u0304",
    "Z\u0351\u036b\u0343\u036a\u0302a\u0334\u0315l\u0321\u034ag\u0360o\u0319",
    "\u0301alone",
    "o\u0308ffnen",
    "\u1100\u1161\u11a8",
    "\u0915\u094d\u0937",
    "\u202eright to left\u202c",
    "\u2066isolate\u2069",
    "\u200f\u200e",
    "\ufe0f\ufe0e",
    "\u0000",
    "a\u0000b",
    "\u0001\u0002\u0003",
    "\u001b[31mred\u001b[0m",
    "\u007f\u0080\u009f",
    "\ufffd",
    "\ufffe\uffff",
    "\ue000\uf8ff private",
    "\U000f0000\U0010ffff",
    "\U0001d173",
    "ÿþýü",
    "Ã©Â tÃªte",
]

CODE = [
    "def f(x):\n    return x**2 + 1  # square\n",
    "for (int i = 0; i < n; ++i) { a[i] += b[i] * c[i]; }",
    "if(x!=null&&y>=0||!z){return x?.y??0;}",
    'System.out.println("Hello, \\"world\\"\\n");',
    "#include <stdio.h>\nint main(void) { return 0; }\n",
    "SELECT * FROM t WHERE a = 'b''c' AND d IS NOT NULL;",
    '{"a": [1, 2.5, -3e10, true, null], "b": {"c": "\\u00e9"}}',
    "<div class=\"a b\"><a href='#'>x &amp; y</a></div><br/>",
    "<table><tr><td>1</td><th>2</th></tr></table><h1>x</h1><ul><li>y</li></ul>",
    "curl -s https://example.org/a/b?c=d&e=%20f#g | jq '.x[]'",
    "git commit -m \"fix: don't\" && ls -la ~/.config/*.json > /dev/null 2>&1",
    "C:\\Users\\me\\file.txt \\\\server\\share",
    "someone@example.com, http://[::1]:8080/path",
    "^(?:[a-z0-9!#$%&'*+/=?^_`{|}~-]+)@\\w+\\.\\d{2,}$",
    "fn main() -> Result<(), Box<dyn Error>> { let x: &'static str = \"a\"; Ok(()) }",
    "const f = async ({ a, ...rest }) => `${a} ${rest}`;",
    "x = [i for i in range(10) if i % 2 == 0]\n\n\nclass A(B):\n\tpass\n",
    "\\begin{equation} \\frac{a}{b} = \\sqrt{x^2_i} \\end{equation}",
    "# Title\n\n- item **bold** _it_ `code`\n  - nested\n\n```python\nx = 1\n```\n",
    "a_b_c camelCase PascalCase SCREAMING_CASE kebab-case x1y2z3",
    "0x7fff_ffff 0b1010 1e-9 3.14159265358979 1,234,567.89 12:34:56 2026-03-05",
    "0 1 12 123 1234 12345 123456 1234567890",
    "1+1=2 2*3=6 7/8 9^10 50% #1 $2.00",
    "!!! ??? ... --- === *** ((( ))) [[[ ]]] {{{ }}}",
    "/* comment */ // line <!-- html --> -- sql ; lisp",
    "\\n \\t \\\\ \\x00 \\u0041",
    "diff --git a/x b/x\n@@ -1,2 +1,2 @@\n-old\n+new\n",
    "|a|b|\n|-|-|\n|1|2|\n",
]

SPECIAL_LIKE = [
    "<|im_start|>",
    "<|im_end|>",
    "<|endoftext|>",
    "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
    "a<|im_start|>b<|im_end|>c",
    " <|im_start|> x <|im_end|> ",
    "<|im_start|><|im_start|><|im_end|><|im_end|>",
    "<|im_start",
    "|im_start|>",
    "<| im_start |>",
    "<|IM_START|>",
    "<|im_start|",
    "<|im_<|im_start|>start|>",
    "<repo_name>me/repo<file_sep>a.py\nx=1\n<jupyter_code>",
    "<issue_start><issue_comment>text<issue_closed>",
    "<s>text</s>",
    "<bos><eos><pad><unk>",
    "<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n",
    "<start_of_image><end_of_image>",
    "<unused0><unused5> <unused99>x",
    "[INST] x [/INST] [multimodal]",
    "<0x41> <0x0A> <0xFF>",
    "<think>\nhm\n</think>",
    "<tool_call>{\"name\": \"f\"}</tool_call>",
    "<gh_stars>100<filename>x",
    "<mask> [MASK] <|mask|>",
    "< bos > <bos",
]

LONG = [
    "a" * 300,
    "ab" * 200,
    "0123456789" * 30,
    " " * 100,
    " " * 100 + "x",
    "\n" * 40,
    "\t" * 33 + "x",
    "=" * 80,
    "-" * 79 + "\n",
    "." * 50,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "pneumonoultramicroscopicsilicovolcanoconiosis antidisestablishmentarianism",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "ATGCGTACGTTAGCCTAGGATCCGATCGATTACGCGCTAATCGATCGGCTAGCATCGATCGCATCGATCGACTAGC",
    "aGVsbG8gd29ybGQsIHRoaXMgaXMgYmFzZTY0IHRleHQgb2Ygc29tZSBsZW5ndGg=",
    "deadbeefcafebabe0123456789abcdef" * 4,
    "字" * 120,
    "🙂" * 60,
    "नमस्ते" * 20,
    "word " * 120,
    "x\n" * 60,
    "supercalifragilisticexpialidocious" * 5,
    "é" * 100,
    "e\u0301" * 50,
    "'s't're've'm'll'd" * 10,
]

SHORT = [*"aZ09.,!?'\"\\/<>@#~`^|{}[]()_-+=*&%$:;é€字🙂", "ab", "the", " the", "The", "THE", "'s", " 's", "'S", "''", "a'", "'a"]

TEXTS = list(dict.fromkeys(LATIN + SCRIPTS + EMOJI + SPACES + MARKS + CODE + SPECIAL_LIKE + LONG + SHORT))
