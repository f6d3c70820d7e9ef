"""What is so in the world of the texts: people, animals, countries, things, words. Everything that a text states comes from here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    name: str
    she: str

    @property
    def She(self):
        return self.she.capitalize()

    @property
    def her(self):
        """Belonging to the person."""
        return "her" if self.she == "she" else "his"

    @property
    def Her(self):
        return self.her.capitalize()

    @property
    def him(self):
        return "her" if self.she == "she" else "him"


@dataclass(frozen=True)
class Animal:
    name: str
    plural: str
    kind: str
    home: str
    food: str
    sound: str
    young: str
    legs: int
    looks: str
    can: str
    cannot: str


@dataclass(frozen=True)
class Country:
    name: str
    capital: str
    river: str
    language: str
    continent: str
    food: str


WOMEN = "Mia Ada Lena Rosa Ines Nora Clara Emma".split()
MEN = "Tom Ben Omar Paul Noah Hugo Leo Max".split()
PEOPLE = [Person(name, "she") for name in WOMEN] + [Person(name, "he") for name in MEN]

ANIMALS = [
    Animal("fox", "foxes", "mammal", "the forest", "mice and berries", "bark", "cub", 4, "red fur and a white tip on its tail", "run fast", "fly"),
    Animal("cow", "cows", "mammal", "the meadow", "grass", "moo", "calf", 4, "big brown eyes and two horns", "give milk", "climb trees"),
    Animal("owl", "owls", "bird", "the old barn", "mice", "hoot", "owlet", 2, "round yellow eyes and soft feathers", "see in the dark", "swim"),
    Animal("duck", "ducks", "bird", "the pond", "water plants", "quack", "duckling", 2, "a flat orange beak", "swim and fly", "climb trees"),
    Animal("frog", "frogs", "amphibian", "the pond", "flies", "croak", "tadpole", 4, "wet green skin", "jump far", "fly"),
    Animal("bee", "bees", "insect", "a hive", "nectar", "buzz", "larva", 6, "yellow and black stripes", "make honey", "swim"),
    Animal("cat", "cats", "mammal", "a house", "fish and mice", "meow", "kitten", 4, "soft fur and long whiskers", "climb trees", "fly"),
    Animal("dog", "dogs", "mammal", "a house", "meat", "bark", "puppy", 4, "a wet nose and a wagging tail", "follow a smell", "climb trees"),
    Animal("horse", "horses", "mammal", "a stable", "hay and oats", "neigh", "foal", 4, "a long mane", "carry a rider", "climb trees"),
    Animal("sheep", "sheep", "mammal", "the hills", "grass", "bleat", "lamb", 4, "thick white wool", "give wool", "fly"),
    Animal("hen", "hens", "bird", "the farm", "corn and worms", "cluck", "chick", 2, "brown feathers and a red comb", "lay eggs", "swim"),
    Animal("lion", "lions", "mammal", "the savanna", "meat", "roar", "cub", 4, "golden fur, and the male has a mane", "run fast", "fly"),
    Animal("bear", "bears", "mammal", "the mountains", "fish, berries and honey", "growl", "cub", 4, "thick brown fur", "climb trees", "fly"),
    Animal("wolf", "wolves", "mammal", "the forest", "meat", "howl", "pup", 4, "grey fur and yellow eyes", "run for hours", "climb trees"),
    Animal("mouse", "mice", "mammal", "a hole in the wall", "seeds and cheese", "squeak", "pup", 4, "small ears and a thin tail", "hide in small holes", "fly"),
    Animal("whale", "whales", "mammal", "the sea", "tiny shrimps", "sing", "calf", 0, "a huge grey body", "dive deep", "walk"),
    Animal("shark", "sharks", "fish", "the sea", "fish", "make no sound", "pup", 0, "grey skin and many teeth", "swim fast", "walk"),
    Animal("penguin", "penguins", "bird", "the ice of the south", "fish", "honk", "chick", 2, "a black back and a white belly", "swim fast", "fly"),
    Animal("camel", "camels", "mammal", "the desert", "dry plants", "grunt", "calf", 4, "one or two humps", "walk for days without water", "fly"),
    Animal("elephant", "elephants", "mammal", "the savanna", "leaves and grass", "trumpet", "calf", 4, "a long trunk and big ears", "carry heavy logs", "jump"),
    Animal("snake", "snakes", "reptile", "the tall grass", "mice and eggs", "hiss", "hatchling", 0, "smooth dry skin", "swallow food whole", "walk"),
    Animal("turtle", "turtles", "reptile", "the warm sea", "sea grass", "make no sound", "hatchling", 4, "a hard shell", "live very long", "run fast"),
    Animal("spider", "spiders", "arachnid", "a web", "flies", "make no sound", "spiderling", 8, "eight eyes and thin legs", "spin a web", "fly"),
    Animal("ant", "ants", "insect", "a nest in the ground", "seeds and crumbs", "make no sound", "larva", 6, "a thin waist", "carry heavy crumbs", "sing"),
]

COUNTRIES = [
    Country("France", "Paris", "Seine", "French", "Europe", "fresh bread and cheese"),
    Country("Italy", "Rome", "Tiber", "Italian", "Europe", "pasta and pizza"),
    Country("Spain", "Madrid", "Ebro", "Spanish", "Europe", "rice with saffron"),
    Country("Germany", "Berlin", "Rhine", "German", "Europe", "dark bread and sausages"),
    Country("Portugal", "Lisbon", "Tagus", "Portuguese", "Europe", "grilled sardines"),
    Country("Austria", "Vienna", "Danube", "German", "Europe", "apple strudel"),
    Country("Poland", "Warsaw", "Vistula", "Polish", "Europe", "beet soup"),
    Country("England", "London", "Thames", "English", "Europe", "fish and chips"),
    Country("Greece", "Athens", "Evros", "Greek", "Europe", "olives and white cheese"),
    Country("Japan", "Tokyo", "Shinano", "Japanese", "Asia", "rice and raw fish"),
    Country("China", "Beijing", "Yangtze", "Chinese", "Asia", "rice and dumplings"),
    Country("India", "Delhi", "Ganges", "Hindi", "Asia", "rice and lentils"),
    Country("Iraq", "Baghdad", "Tigris", "Arabic", "Asia", "flat bread and dates"),
    Country("Egypt", "Cairo", "Nile", "Arabic", "Africa", "beans and flat bread"),
    Country("Kenya", "Nairobi", "Tana", "Swahili", "Africa", "corn porridge"),
    Country("Mali", "Bamako", "Niger", "French", "Africa", "millet and peanuts"),
    Country("Brazil", "Brasília", "Amazon", "Portuguese", "South America", "rice and black beans"),
    Country("Peru", "Lima", "Ucayali", "Spanish", "South America", "potatoes and corn"),
    Country("Canada", "Ottawa", "Mackenzie", "English", "North America", "pancakes with maple syrup"),
    Country("Mexico", "Mexico City", "Rio Grande", "Spanish", "North America", "beans and tortillas"),
]

OPPOSITES = [
    ("big", "small"), ("hot", "cold"), ("old", "new"), ("fast", "slow"), ("light", "dark"), ("happy", "sad"),
    ("early", "late"), ("open", "closed"), ("full", "empty"), ("hard", "soft"), ("high", "low"), ("wet", "dry"),
    ("long", "short"), ("loud", "quiet"), ("strong", "weak"), ("clean", "dirty"), ("near", "far"), ("first", "last"),
    ("up", "down"), ("left", "right"), ("day", "night"), ("yes", "no"), ("always", "never"), ("summer", "winter"),
]

LANGUAGES = ["French", "Spanish", "German", "Japanese", "Greek", "Polish"]
TRANSLATIONS = {
    "hello": ["bonjour", "hola", "hallo", "こんにちは", "γεια", "cześć"],
    "thank you": ["merci", "gracias", "danke schön", "ありがとう", "ευχαριστώ", "dziękuję"],
    "water": ["eau", "agua", "Wasser", "水", "νερό", "woda"],
    "bread": ["pain", "pan", "Brot", "パン", "ψωμί", "chleb"],
    "book": ["livre", "libro", "Buch", "本", "βιβλίο", "książka"],
    "house": ["maison", "casa", "Haus", "家", "σπίτι", "dom"],
    "sun": ["soleil", "sol", "Sonne", "太陽", "ήλιος", "słońce"],
    "night": ["nuit", "noche", "Nacht", "夜", "νύχτα", "noc"],
    "friend": ["ami", "amigo", "Freund", "友達", "φίλος", "przyjaciel"],
    "school": ["école", "escuela", "Schule", "学校", "σχολείο", "szkoła"],
}

USES = {
    "spoon": "eating soup", "knife": "cutting bread", "broom": "sweeping the floor", "lamp": "giving light", "key": "opening a door",
    "pen": "writing", "needle": "sewing", "ladder": "climbing up", "kettle": "boiling water", "comb": "combing hair",
    "umbrella": "keeping dry in the rain", "map": "finding the way", "clock": "telling the time", "saw": "cutting wood",
    "pillow": "resting your head", "bell": "calling people", "boat": "crossing the water", "oven": "baking bread",
}

DEFINITIONS = {
    "quire": "a gathering of pages, folded once and sewn together",
    "book": "a stack of pages with words or pictures on them",
    "river": "water that flows from the hills to the sea",
    "island": "land with water on all sides",
    "mountain": "a very high hill made of rock",
    "desert": "a dry land where little rain falls",
    "forest": "a place where many trees grow",
    "village": "a small group of houses where people live",
    "bridge": "a road that goes over water",
    "rainbow": "a bow of colours that appears when the sun shines through rain",
    "star": "a far sun that we see at night",
    "moon": "the round rock that goes around the earth",
    "cloud": "many tiny drops of water high in the air",
    "market": "a place where people buy and sell things",
    "library": "a house full of books that you may borrow",
    "school": "a place where children learn",
    "model": "a program that guesses the next word of a text",
    "token": "a small piece of text, often a word or a part of one",
    "cache": "a place that keeps what was computed, so that it need not be computed again",
    "triangle": "a shape with three sides",
}

RECIPES = {
    "pancakes": (["flour", "milk", "eggs", "butter"], ["Mix the flour, the milk and the eggs.", "Melt the butter in a pan.", "Bake each side until it is golden."]),
    "bread": (["flour", "water", "yeast", "salt"], ["Mix everything to a dough.", "Let the dough rest for an hour.", "Bake it in a hot oven."]),
    "vegetable soup": (["carrots", "potatoes", "onions", "salt"], ["Cut the vegetables.", "Boil them in water for half an hour.", "Add the salt."]),
    "lemonade": (["lemons", "sugar", "water", "ice"], ["Press the lemons.", "Stir the juice with sugar and water.", "Add the ice."]),
    "apple pie": (["apples", "flour", "sugar", "butter"], ["Make a dough of flour, sugar and butter.", "Lay the apples on the dough.", "Bake the pie until it smells good."]),
    "tomato salad": (["tomatoes", "onions", "oil", "salt"], ["Cut the tomatoes and the onions.", "Pour the oil over them.", "Add the salt and stir."]),
    "rice pudding": (["rice", "milk", "sugar", "cinnamon"], ["Boil the rice in the milk.", "Stir until it is thick.", "Add the sugar and the cinnamon."]),
    "hot chocolate": (["milk", "chocolate", "sugar", "cream"], ["Warm the milk.", "Melt the chocolate and the sugar in it.", "Put the cream on top."]),
}

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
SEASONS = {"spring": "the flowers open", "summer": "it is warm", "autumn": "the leaves fall", "winter": "it snows"}
NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
)
COLOURS = "red blue green yellow white black brown orange".split()
TOYS = "ball kite doll drum puzzle train boat hat scarf bell".split()
FRUITS = "apples pears plums cherries lemons grapes nuts figs".split()
PLACES = ["park", "beach", "garden", "market", "forest", "lake", "library", "old mill"]
PETS = ["cat", "dog", "rabbit", "hen", "horse", "turtle"]
JOBS = {
    "baker": "bakes bread", "teacher": "helps children learn", "farmer": "grows corn", "doctor": "helps the sick", "sailor": "sails the sea",
    "painter": "paints pictures", "tailor": "sews clothes", "gardener": "plants flowers", "smith": "works with iron", "miller": "grinds corn",
}


def a(noun):
    """The noun with its indefinite article."""
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def listed(items):
    """Red, blue and green."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def counted(count, plural):
    """One apple, two apples."""
    singular = "cherry" if plural == "cherries" else plural[:-1]
    return f"{NUMBERS[count]} {singular if count == 1 else plural}"
