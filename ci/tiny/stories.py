"""Short stories: a few plots, each with people, things and places that stay the same from the first sentence to the last."""

from world import ANIMALS, COLOURS, FRUITS, JOBS, PEOPLE, PLACES, TOYS, a, counted

OPENINGS = ["Once upon a time", "Long ago", "In a small village", "Far away, behind the hills"]
SPOTS = ["under the bench", "behind the old tree", "in the tall grass", "under the bridge", "beside the well", "in the big basket"]


def two_people(dice):
    return tuple(dice.sample(PEOPLE, 2))


def ending(dice, one, two):
    return dice.pick(
        [
            f"From that day on, {one} and {two} were good friends.",
            f"That evening {one} and {two} were tired and happy.",
            f"And {one} never forgot what {two} had done.",
            f"So {one} and {two} went home together.",
        ]
    )


def lost_thing(dice, p, q):
    colour, toy, place = dice.pick(COLOURS), dice.pick(TOYS), dice.pick(PLACES)
    wrong, right = dice.sample(SPOTS, 2)
    thing = f"{colour} {toy}"
    start = dice.pick(
        [
            f"{p.name} had {a(thing)}. {p.She} liked it very much.",
            f"{p.name} had {a(thing)}. It was a gift from {p.her} grandmother.",
            f"For {p.her} birthday {p.name} got {a(thing)}.",
        ]
    )
    feeling = dice.pick([f"{p.name} was very sad.", f"{p.name} began to cry.", f"{p.name} did not know what to do."])
    found = dice.pick([f"There was the {thing}!", f"There lay the {thing}, and nothing was broken.", f"There they found the {thing} at last."])
    return [
        start,
        f"One morning {p.she} took the {toy} to the {place}.",
        dice.pick([f"{p.She} played there all day.", f"There {p.she} met {q.name}, and they played together."]),
        f"When {p.she} wanted to go home, the {toy} was gone.",
        feeling,
        f'"Do not worry," said {q.name}. "We will look for it."',
        f"They looked {wrong}, but the {toy} was not there.",
        f"Then they looked {right}.",
        found,
        f'"Thank you, {q.name}," said {p.name}.',
        ending(dice, p.name, q.name),
    ]


def shared_fruit(dice, p, q):
    fruit, place = dice.pick(FRUITS), dice.pick(PLACES)
    count, given = dice.number(3, 12), dice.number(1, 2)
    left = count - given
    return [
        f"{p.name} went to the {place} and found {counted(count, fruit)}.",
        dice.pick([f"{p.She} put them into {p.her} basket.", f"{p.She} was hungry and wanted to eat them all."]),
        f"On the way home {p.she} met {q.name}.",
        dice.pick([f'"I am so hungry," said {q.name}.', f'"I have had no breakfast," said {q.name}.']),
        f"{p.name} gave {q.him} {counted(given, fruit)}.",
        f"Now {p.name} had {counted(left, fruit)}.",
        f'"You are kind, {p.name}," said {q.name}.',
        ending(dice, q.name, p.name),
    ]


def animals_meet(dice, p, q, one=None):
    """About two animals; the people are left out."""
    one = one or dice.pick(ANIMALS)
    two = dice.pick([animal for animal in ANIMALS if animal is not one])
    trouble = dice.pick(["caught in a net", "stuck in a hole", "lost in the fog", "very thirsty", "hurt by a thorn"])
    helped = {
        "caught in a net": f"The {two.name} bit the net in two",
        "stuck in a hole": f"The {two.name} found a long branch and pulled",
        "lost in the fog": f"The {two.name} knew the way and went ahead",
        "very thirsty": f"The {two.name} showed it a clear spring",
        "hurt by a thorn": f"The {two.name} pulled the thorn out",
    }[trouble]
    return [
        f"{dice.pick(OPENINGS)} there lived {a(one.name)}. It had {one.looks}.",
        f"One day the {one.name} was {trouble}.",
        f'"Help!" cried the {one.name}. "Who will help me?"',
        f"{a(two.name).capitalize()} heard it and came near.",
        dice.pick(
            [
                f'"I am only {a(two.name)}," it said, "but I will try."',
                f'"Do not be afraid," said the {two.name}. "I will help you."',
            ]
        ),
        f"{helped}, and soon the {one.name} was well again.",
        f'"How can I thank you?" asked the {one.name}.',
        f'"Be my friend," said the {two.name}.',
        f"Since that day the {one.name} and the {two.name} share their food: {one.food} for one, {two.food} for the other.",
    ]


def seed_grows(dice, p, q):
    plant = dice.pick(["sunflower", "bean", "pumpkin", "rose", "apple tree"])
    water = dice.pick(["every morning", "every evening", "twice a day"])
    return [
        f"{p.name} had a small seed. {p.She} put it into the earth behind the house.",
        f"{p.She} gave it water {water}.",
        f'"Nothing will grow there," said {q.name}.',
        f'"Wait and see," said {p.name}.',
        "In the first week nothing happened.",
        "In the second week there was a green leaf.",
        "In the third week the plant was as high as a chair.",
        f"In summer it was a big {plant}.",
        f'"I was wrong," said {q.name}. "It is a beautiful {plant}."',
        f"{p.name} smiled and gave {q.him} {dice.pick(['a seed', 'some seeds', 'a leaf'])} to take home.",
    ]


def race(dice, p, q):
    place = dice.pick(PLACES)
    stop = dice.pick(["to look at a bird", "to tie a shoe", "to drink some water", "to pick a flower"])
    return [
        f'"I am faster than you," said {p.name} to {q.name}.',
        f'"Then let us run to the {place}," said {q.name}.',
        "They ran as fast as they could.",
        f"{p.name} was ahead, but {p.she} stopped {stop}.",
        f"So {q.name} came to the {place} first.",
        dice.pick([f"{p.name} was angry at first, but then {p.she} laughed.", f"{p.name} laughed and said, \"Well done!\""]),
        f'"Next time I will not stop {stop}," said {p.name}.',
        ending(dice, p.name, q.name),
    ]


def rainy_day(dice, p, q):
    place = dice.pick(PLACES)
    make = dice.pick(["a paper boat", "a cake", "a house of cards", "a puppet", "soup"])
    return [
        f"It was raining, and {p.name} could not go to the {place}.",
        f"{p.She} sat at the window and looked at the clouds.",
        f"Then {q.name} knocked at the door. {q.She} was wet from head to foot.",
        f'"Come in," said {p.name}, "and get warm."',
        f'"Let us make {make}," said {q.name}.',
        f"They worked for an hour, and {make} was ready.",
        f"When they looked up, {dice.pick(['the sun was shining', 'there was a rainbow', 'the rain was over'])}.",
        f'"Now we can go to the {place}," said {p.name}.',
        ending(dice, p.name, q.name),
    ]


def night_noise(dice, p, q):
    animal = dice.pick([animal for animal in ANIMALS if animal.sound != "make no sound"])
    return [
        f"One night {p.name} could not sleep. There was a noise outside.",
        dice.pick([f"{p.She} was afraid and called {q.name}.", f"{p.She} woke {q.name}."]),
        f'"Do you hear that?" asked {p.name}.',
        f'"I hear it," said {q.name}. "Let us see what it is."',
        f"They took {dice.pick(['a lamp', 'a candle'])} and went to the door.",
        f"Outside sat {a(animal.name)} with {animal.looks}.",
        f'"It can only {animal.sound}," said {q.name}. "It wants to go home to {animal.home}."',
        f"They gave the {animal.name} something to eat, and it went away.",
        f"Then {p.name} slept until morning.",
    ]


def new_job(dice, p, q):
    job = dice.pick(list(JOBS))
    return [
        f"{p.name} wanted to be {a(job)}.",
        f"{q.name} was {a(job)} and knew all about it. {a(job).capitalize()} {JOBS[job]}.",
        f'"Will you teach me?" asked {p.name}.',
        f'"It is hard work," said {q.name}, "but you may come tomorrow."',
        f"On the first day {p.name} {dice.pick(['made many mistakes', 'only watched', 'swept the floor'])}.",
        f"After a month {p.she} could do it {dice.pick(['quite well', 'without help'])}.",
        f"After a year {q.name} said, \"Now you are {a(job)} like me.\"",
        f"{p.name} was {dice.pick(['proud', 'happy'])} and thanked {q.him}.",
    ]


PLOTS = {
    lost_thing: 3,
    shared_fruit: 2,
    animals_meet: 3,
    seed_grows: 1,
    race: 2,
    rainy_day: 2,
    night_noise: 2,
    new_job: 2,
}


def story(dice, p=None, q=None, plot=None):
    """A story of 8 to 11 sentences about two people, chosen where they are not given."""
    if p is None:
        p, q = two_people(dice)
    plot = plot or dice.weighted(PLOTS)
    return " ".join(plot(dice, p, q))


def about_people(dice):
    """A plot that tells of two people."""
    return dice.weighted({plot: weight for plot, weight in PLOTS.items() if plot is not animals_meet})


def titled(dice):
    """A story under a heading that names who it is about."""
    p, q = two_people(dice)
    return f"# {p.name} and {q.name}\n\n{story(dice, p, q, about_people(dice))}"


def book(dice):
    """Some chapters about the same two people."""
    p, q = two_people(dice)
    chapters = [f"## Chapter {i + 1}\n\n{story(dice, p, q, about_people(dice))}" for i in range(dice.number(3, 7))]
    return "\n\n".join([f"# The book of {p.name} and {q.name}", *chapters, "The end."])
