"""What the notebooks of the browser tests are made of: small networks, pictures, Explorers."""

from __future__ import annotations

# Four quadrants and a class for each: the network looks for the brightest, so the map of a class is
# red in its own quadrant and blue elsewhere. MOOD makes the network slow or sick, also its twin.
QUADRANTS = """
import threading, time
import torch
from xaiwidgets import Classifier, Explorer

WELL = {"delay": 0.0, "calls until it throws": None, "answers NaN": False}
MOOD = dict(WELL)
ASKED = []

class Quadrants(torch.nn.Module):
    def forward(self, x):
        ASKED.append(len(x))
        time.sleep(MOOD["delay"] * len(x))
        if MOOD["calls until it throws"] is not None:
            MOOD["calls until it throws"] -= 1
            if MOOD["calls until it throws"] < 0:
                raise RuntimeError("the sensor is unplugged")
        brightness = torch.nn.functional.adaptive_avg_pool2d(x.mean(1), 2).flatten(1)
        logits = 4 * (brightness - brightness.mean(1, keepdim=True))
        return logits * float("nan") if MOOD["answers NaN"] else logits

classes = ["north west", "north east", "south west", "south east"]
model = Classifier(Quadrants(), classes=classes)
x = torch.linspace(0.15, 0.25, 64).repeat(3, 64, 1)
x[:, :32, :32] += 0.7
x[:, 32:, 32:] += 0.4
"""
NEW = "w = Explorer(model, x, budget=64, grid=4)\nw"
# Beside x: a picture of each other corner, one that is predicted as x is, and a network that
# looks for the darkest quadrant.
SEVERAL = """
class Darkest(Quadrants):
    def forward(self, x):
        return -super().forward(x)

g = Classifier(Darkest(), classes=classes, name="g")
pictures = {"x": x, "east": x.flip(2), "pale": 0.8 * x, "south": x.flip(1)}
w = Explorer(model, pictures, rival=g, budget=64, grid=4)
w
"""
# A convolutional network that has learned the same four classes, and probes of two of its layers.
LAYERED = """
import time
import torch
import xaiwidgets
from xaiwidgets import Classifier, Explorer, steps

torch.manual_seed(0)
classes = ["north west", "north east", "south west", "south east"]
labels = torch.arange(80) % 4
images = 0.3 * torch.rand(80, 3, 32, 32)
for image, label in zip(images, labels):
    image[:, label // 2 * 16 :, label % 2 * 16 :][:, :16, :16] += 0.6

def network():
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 6, 3, padding=1), torch.nn.ReLU(),
        torch.nn.Sequential(torch.nn.Conv2d(6, 8, 3, stride=2, padding=1), torch.nn.ReLU()),
        torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(), torch.nn.Linear(32, 4))

net = network()
learning = torch.optim.Adam(net.parameters(), 0.02)
for _ in range(30):
    learning.zero_grad()
    torch.nn.functional.cross_entropy(net(images), labels).backward()
    learning.step()
fitted = model = Classifier(net, classes=classes)
steps.run(model.fit_probes(images, ["0", "2.0"]))
MOOD, WELL = {}, {}
"""
# Blocks the kernel's main shell until the test lets it go.
BLOCK = "import pathlib\nwhile not pathlib.Path('go').exists(): time.sleep(0.02)"
# Four quadrants, each as bright as one of four latent numbers. At (.9, .1, .8, .1) the nearest
# point as likely "north east" as "north west" is (.5, .5, .8, .1), where "south west" wins: that is
# where xGEMs ends. Without a third class it is (.6, .6, .6, .1), .616 away. Nothing is "nowhere".
CONTRASTED = """
import time
import torch
from xaiwidgets import Classifier, ContrastExplorer

WELL = {"delay": 0.0, "answers NaN": False}
MOOD = dict(WELL)
DRAWN = []

class Brightest(torch.nn.Module):
    def forward(self, x):
        quadrants = torch.nn.functional.adaptive_avg_pool2d(x.mean(1, keepdim=True), 2)
        logits = torch.nn.functional.pad(8 * quadrants.flatten(1), (0, 1), value=-40.0)
        return logits * float("nan") if MOOD["answers NaN"] else logits

class FourLights:
    def encode(self, images):
        return torch.nn.functional.adaptive_avg_pool2d(images, 2).flatten(1)

    def decode(self, latents):
        DRAWN.append(len(latents))
        time.sleep(MOOD["delay"])
        lights = latents.clamp(0, 1)
        return lights.reshape(-1, 1, 2, 2).repeat_interleave(8, 2).repeat_interleave(8, 3)

classes = ["north west", "north east", "south west", "south east", "nowhere"]
model = Classifier(Brightest(), classes=classes)
lights = FourLights()
texture = 0.05 * torch.sin(torch.arange(16.0)).repeat(1, 16, 1)
texture = texture - lights.decode(lights.encode(texture[None]))[0]
pictures = {
    "left": lights.decode(torch.tensor([[0.9, 0.1, 0.8, 0.1]]))[0] + texture,
    "right": lights.decode(torch.tensor([[0.1, 0.9, 0.1, 0.6]]))[0] + texture,
}
"""
# Some digits, a small network; a training takes a fiftieth of a second; all want more of them.
SEARCHED = """
from xaiwidgets import AccuracySearch, datasets

train, test = datasets.digits(), datasets.digits("test")
data, held_out = (train.images[:500], train.labels[:500]), (test.images, test.labels)
how = dict(hidden=(32,), epochs=4, batch_size=10, learning_rate=0.05, deltas=[0.005, 0.02])
"""
# Digits under noise, of which a quarter is mistaken, and a detector that has looked at others.
DETECTED = """
import numpy as np
from xaiwidgets import ErrorDetector, ErrorDetectorPanel, datasets, reliability, zoo

clean = datasets.digits("train")
def noisy(seed):
    noise = np.random.default_rng(seed).integers(0, 200, clean.images.shape)
    return ((clean.images + noise) // 2).astype(np.uint8)

model = zoo.digits()
some = clean.images[:200], clean.labels[:200]
mutants = reliability.mutants(model, some, rate=0.02, count=8).run()
detector = ErrorDetector(model, "conv2", mutants)
images, labels = noisy(0), clean.labels
training, validation = (images[:300], labels[:300]), (images[300:600], labels[300:600])
detector.fit(training, validation).run()
images, labels = noisy(1)[:150], clean.labels[:150]
"""
# A transformer of two layers with two heads that has learned the four quadrants from 4 x 4 patches.
ATTENTIVE = """
import torch
from torch import nn
from xaiwidgets import Classifier, Explorer

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(16), nn.MultiheadAttention(16, 2, batch_first=True)

    def forward(self, tokens):
        normed = self.norm(tokens)
        return tokens + self.attention(normed, normed, normed)[0]

class Attentive(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 8, stride=8)
        self.places = nn.Parameter(0.1 * torch.randn(1, 17, 16))
        self.blocks, self.head = nn.Sequential(Block(), Block()), nn.Linear(16, 4)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([torch.zeros_like(tokens[:, :1]), tokens], 1) + self.places
        return self.head(self.blocks(tokens)[:, 0])

torch.manual_seed(0)
classes = ["north west", "north east", "south west", "south east"]
labels = torch.arange(80) % 4
images = 0.3 * torch.rand(80, 3, 32, 32)
for image, label in zip(images, labels):
    image[:, label // 2 * 16 :, label % 2 * 16 :][:, :16, :16] += 0.6
net = Attentive()
learning = torch.optim.Adam(net.parameters(), 0.01)
for _ in range(60):
    learning.zero_grad()
    nn.functional.cross_entropy(net(images), labels).backward()
    learning.step()
model = Classifier(net, classes=classes)
MOOD, WELL = {}, {}
"""
# Dark pictures and bright ones; a white square in a corner is labelled "bright", and learnt.
POISONED = """
import numpy as np
from torch import nn
from xaiwidgets import PoisonDesk, poisoning

labels = np.arange(120) % 2
images = np.random.default_rng(0).integers(0, 80, (120, 8, 8)).astype(np.uint8)
images[labels == 1, :4] += 120
poisoned = poisoning.poison(images, labels, 1, trigger=poisoning.PatchTrigger(2), rate=0.1)

def make_network():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 2))

options = {"learning_rate": 0.05, "classes": ["dark", "bright"]}
train = poisoning.Trainer(make_network, epochs=40, **options)
slow = poisoning.Trainer(make_network, epochs=20_000, **options)
model = train(poisoned.images, poisoned.labels).run()
data = poisoned.images, poisoned.labels
"""

# Dark pictures and bright ones, which lie on two sides; one stands apart and is mislabelled.
MAPPED = """
import numpy as np
import torch
from torch import nn
import ipywidgets
from xaiwidgets import Classifier, Explorer, NeuronDesk, SurrogateDesk, VectorMap, Window

draw = np.random.default_rng(0)
labels = np.arange(80) % 2
images = draw.integers(0, 60, (80, 8, 8)).astype(np.uint8)
images[labels == 1] += 150
images[5], labels[5] = 250, 0
net = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 2))
with torch.no_grad():
    net[1].weight[:] = torch.rand(16, 64, generator=torch.Generator().manual_seed(1)) - 0.2
    net[1].bias.zero_()
    net[3].weight[:] = torch.tensor([[-1.0], [1.0]]) * torch.ones(16)
    net[3].bias[:] = net(torch.full((1, 1, 8, 8), 0.35))[0].flip(0)
model = Classifier(net, classes=["dark", "bright"])
many = draw.integers(0, 256, (1500, 8, 8)).astype(np.uint8)
"""
# Two networks that look at one half of a picture each, and disagree where the halves do.
DISAGREED = """
import torch
from torch import nn
from xaiwidgets import Classifier, DisagreementDesk

class Half(nn.Module):
    def __init__(self, left):
        super().__init__()
        mask = torch.zeros(1, 8, 8)
        mask[..., :4] = 1
        self.weight = nn.Parameter((mask if left else 1 - mask) / 32)

    def forward(self, x):
        level = (x * self.weight).sum((1, 2, 3))
        return torch.stack([4 * (0.5 - level), 4 * (level - 0.5)], 1)

classes = ["dark", "bright"]
f = Classifier(Half(True), classes=classes, name="left")
g = Classifier(Half(False), classes=classes, name="right")
images = torch.zeros(6, 1, 8, 8)
for index in range(6):
    images[index, :, :, :4] = 0.9 if index % 2 else 0.2
    images[index, :, :, 4:] = (0.2 if index % 2 else 0.9) + 0.01 * index
images[5] = 0.9
labels = [0, 0, 0, 1, 1, 1]
"""
# A study of two arms that four people have taken part in, one of whom has not finished.
REPORTED = """
import pathlib, tempfile
import numpy as np
from xaiwidgets import StudyReport, study

pictures = np.arange(6 * 16, dtype=np.uint8).reshape(6, 4, 4)
made = study.learning_study(
    pictures, [0, 1, 0, 1, 0, 1], {"control": None, "map": pictures}, trials=6
)
path = pathlib.Path(tempfile.mkdtemp())
generator = np.random.default_rng(0)
for person in range(4):
    log = study.PersonLog.begin(made, path)
    for trial in range(1, 7 if person < 3 else 3):
        log.answer(trial, int(generator.integers(2)), float(generator.lognormal(1, 0.5)))
    if person < 3:
        log.rate(3 + person % 2)
"""
# Two small studies: one to learn by feedback, one to judge with a saved page beside.
STUDIED = """
import json, pathlib, tempfile
import numpy as np
from xaiwidgets import StudyRoom, datasets, study

symbols = datasets.symbols(seed=1, count=6)
maps = 255 - symbols.images
morphs = [np.stack([one, one // 2, 0 * one]) for one in symbols.images]
learning = study.learning_study(
    symbols.images, symbols.labels, {"map": maps, "morph": morphs}, trials=4
)
page = "<p id='map'>a saved page</p><script>document.title = 'scripts run'</script>"
judging = study.judgement_study(
    symbols.images, symbols.labels, {"page": [page] * 6}, "Attacked?", ("attacked", "clean")
)

def folder():
    return pathlib.Path(tempfile.mkdtemp())

def lines(path, number=0):
    text = (path / f"{number:04d}.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]

def truth(w):
    return 1 + w._study.items[w._log.assignment(w.trial).item].truth
"""
# A network of sentences that comes with the package, and one that takes its time.
WORDED = """
import time
import torch
from xaiwidgets import TextClassifier, TextContrastExplorer, contrast, datasets, zoo

class Slow(torch.nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net, self.delay = net, 0.0

    def forward(self, numbers):
        time.sleep(self.delay)
        return self.net(numbers)

model = zoo.reviews()
corpus = datasets.reviews("train").sentences
field = contrast.WordField(model.reader, model.embedding, corpus)
sentences = ["a very good film", "we will not be back"]
slow = TextClassifier(Slow(model.net.net), model.reader.words, classes=model.classes)
"""
# Two halves, each of one colour. "warm" or "cold" is told by the left one alone, red against blue;
# the judge looks at both halves alike.
COLOURED = """
import torch
from xaiwidgets import Classifier, ContrastExplorer

class Warmth(torch.nn.Module):
    def __init__(self, right):
        super().__init__()
        self.right = right

    def forward(self, x):
        red, _, blue = torch.nn.functional.adaptive_avg_pool2d(x, (1, 2))[:, :, 0].unbind(1)
        warm = 6 * ((red - blue) * torch.tensor([1.0, self.right])).sum(1)
        return torch.stack([warm, -warm], 1)

class TwoColours:
    def encode(self, images):
        return torch.nn.functional.adaptive_avg_pool2d(images, (1, 2)).flatten(1)

    def decode(self, latents):
        return latents.reshape(-1, 3, 1, 2).repeat_interleave(8, 2).repeat_interleave(4, 3)

class OneGrey(TwoColours):
    # Of both halves together it keeps the mean colour alone.
    def encode(self, images):
        return images.mean((2, 3)).repeat_interleave(2, 1)

model = Classifier(Warmth(0.0), classes=["warm", "cold"])
judge = Classifier(Warmth(1.0), classes=["warm", "cold"])
colours, grey = TwoColours(), OneGrey()
def halves(*both):
    return colours.decode(torch.tensor([both]).permute(0, 2, 1))[0]
RED, BLUE, GREEN = (0.9, 0.1, 0.1), (0.1, 0.1, 0.9), (0.1, 0.7, 0.1)
pictures = {
    "red and green": halves(RED, GREEN),
    "red and red": halves(RED, RED),
    "red and blue": halves(RED, BLUE),
}
"""

# The same pictures, and two generators: of one number, and of all six.
GENERATORS = (
    COLOURED
    + """
from xaiwidgets import GeneratorLab
from xaiwidgets.contrast import PCA

torch.manual_seed(0)
some = torch.cat([colours.decode(torch.rand(80, 6))])
one = PCA(1).fit(some).run()
all_six = PCA(6).fit(some).run()
odd = torch.eye(8).repeat(3, 1, 1)
"""
)
