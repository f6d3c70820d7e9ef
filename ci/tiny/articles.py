"""Texts that are no chats and no stories: descriptions, recipes, calendars, letters, sums, records."""

from world import (
    ANIMALS, COLOURS, COUNTRIES, DAYS, DEFINITIONS, FRUITS, JOBS, LANGUAGES, MONTHS, NUMBERS, OPPOSITES, PEOPLE, PETS, PLACES, RECIPES, SEASONS,
    TOYS, TRANSLATIONS, USES, a, counted, listed,
)


def animal_article(dice):
    x = dice.pick(ANIMALS)
    kinds = x.kind if x.kind == "fish" else x.kind + "s"
    body = [
        f"They live in {x.home}.",
        f"They eat {x.food}.",
        f"They have {NUMBERS[x.legs]} legs." if x.legs else "They have no legs.",
        f"You know {a(x.name)} by {x.looks}.",
        f"They {x.sound}." if x.sound == "make no sound" else f"{a(x.name).capitalize()} can {x.sound}.",
        f"A young {x.name} is called {a(x.young)}.",
        f"They can {x.can}, but they cannot {x.cannot}.",
    ]
    chosen = [body[i] for i in sorted(dice.sample(range(len(body)), 5))]
    return f"# The {x.name}\n\n{x.plural.capitalize()} are {kinds}. " + " ".join(chosen)


def country_article(dice):
    c = dice.pick(COUNTRIES)
    body = [
        f"The capital of {c.name} is {c.capital}.",
        f"The people speak {c.language}.",
        f"A great river of {c.name} is the {c.river}.",
        f"Many people there like {c.food}.",
    ]
    return f"# {c.name}\n\n{c.name} is a country in {c.continent}. " + " ".join(dice.sample(body, 4))


def recipe(dice):
    name = dice.pick(list(RECIPES))
    things, steps = RECIPES[name]
    lines = [f"# How to make {name}", "", "You need:"] + [f"- {thing}" for thing in things] + ["", "What to do:"]
    return "\n".join(lines + [f"{i + 1}. {step}" for i, step in enumerate(steps)])


def shopping_list(dice):
    p = dice.pick(PEOPLE)
    fruits = dice.sample(FRUITS, dice.number(3, 5))
    counts = [dice.number(2, 9) for _ in fruits]
    lines = [f"{p.name}'s shopping list:"] + [f"- {n} {fruit}" for n, fruit in zip(counts, fruits)]
    return "\n".join(lines) + f"\n\n{p.name} needs {len(fruits)} things: {listed(fruits)}."


def letter(dice):
    p, q = dice.sample(PEOPLE, 2)
    day, place, season = dice.pick(DAYS), dice.pick(PLACES), dice.pick(list(SEASONS))
    fruit = dice.pick(FRUITS)
    return (
        f"Dear {p.name},\n\nit is {season} here, and {SEASONS[season]}. On {day} I went to the {place} "
        f"{dice.pick(['with my brother', 'with my sister', 'alone', 'with my dog'])}. "
        f"{dice.pick(['We found', 'I bought', 'I ate'])} {counted(dice.number(2, 9), fruit)}. "
        f"{dice.pick(['I wish you were here.', 'Please write to me soon.', 'When will you visit me?'])}\n\nYour friend\n{q.name}"
    )


def meeting(dice):
    p, q = dice.sample(PEOPLE, 2)
    first, second = dice.sample(DAYS, 2)
    return (
        f"{p.name}: Will you come to the {dice.pick(PLACES)} on {first}?\n{q.name}: No, on {first} I must help my "
        f"{dice.pick(['mother', 'father', 'uncle', 'aunt'])}. Can we go on {second}?\n{p.name}: Yes, {second} is fine.\n"
        f"{q.name}: Good, then I will see you on {second}, {p.name}.\n{p.name}: Until then, {q.name}!"
    )


def sums(dice):
    lines = []
    for _ in range(dice.number(4, 8)):
        x, y = dice.number(0, 10), dice.number(0, 10)
        lines.append(dice.pick([f"{x} + {y} = {x + y}", f"{x + y} - {x} = {y}", f"{x} x {y} = {x * y}"]))
    return "\n".join(lines)


def table(dice):
    x = dice.number(2, 10)
    return f"The table of {x}:\n" + "\n".join(f"{i} x {x} = {i * x}" for i in range(1, 11))


def calendar(dice):
    i = dice.number(0, 11)
    then, after = MONTHS[(i + 1) % 12], MONTHS[(i + 2) % 12]
    days = dice.number(0, 6)
    return (
        f"After {MONTHS[i]} comes {then}, and after {then} comes {after}. "
        f"If today is {DAYS[days]}, then tomorrow is {DAYS[(days + 1) % 7]} and yesterday was {DAYS[days - 1]}."
    )


def words(dice):
    lines = []
    for one, two in dice.sample(OPPOSITES, 5):
        one, two = (one, two) if dice.chance(0.5) else (two, one)
        lines.append(f"The opposite of {one} is {two}.")
    return "\n".join(lines)


def dictionary(dice):
    i = dice.number(0, len(LANGUAGES) - 1)
    chosen = dice.sample(list(TRANSLATIONS), 5)
    return f"English and {LANGUAGES[i]}:\n" + "\n".join(f"{word} = {TRANSLATIONS[word][i]}" for word in chosen)


def explained(dice):
    lines = []
    for _ in range(dice.number(3, 5)):
        if dice.chance(0.5):
            word = dice.pick(list(DEFINITIONS))
            lines.append(f"{a(word).capitalize()} is {DEFINITIONS[word]}.")
        else:
            word = dice.pick(list(USES))
            lines.append(f"{a(word).capitalize()} is for {USES[word]}.")
    return " ".join(lines)


def record(dice):
    """A JSON object, and the same in words."""
    p, job, pet = dice.pick(PEOPLE), dice.pick(list(JOBS)), dice.pick(PETS)
    colour, toy, age = dice.pick(COLOURS), dice.pick(TOYS), dice.number(5, 20)
    return (
        f'{{"name": "{p.name}", "age": {age}, "pet": "{pet}", "likes": ["{colour}", "{toy}"], "wants": "{job}"}}\n\n'
        f"{p.name} is {age} years old and has {a(pet)}. {p.She} likes {a(colour + ' ' + toy)} and wants to be {a(job)}. "
        f"{a(job).capitalize()} {JOBS[job]}."
    )


ARTICLES = {
    animal_article: 4,
    country_article: 3,
    recipe: 1,
    shopping_list: 1.5,
    letter: 1.5,
    meeting: 1.5,
    sums: 2,
    table: 0.5,
    calendar: 1,
    words: 1,
    dictionary: 1,
    explained: 1.5,
    record: 1.5,
}


def article(dice):
    return dice.weighted(ARTICLES)(dice)
