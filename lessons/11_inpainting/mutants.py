"""Right and wrong answers to the exercises of lesson 11, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

it = answers.to("mean_probability")

it.right("sigmoid")
it.right("by hand", "return (1 / (1 + torch.exp(-logits))).mean()")
it.right("a loop", "return torch.stack([l.sigmoid() for l in logits.flatten()]).sum() / len(logits)")

it.wrong("returns nothing", {"return ": "mean = "}, says="The result is None")
it.wrong("return 0", "return 0", says="expected")
it.wrong("logits", {"torch.sigmoid(logits)": "logits"}, says="mean of the logits")
it.wrong("mean first", "return torch.sigmoid(logits.mean())", says="averaged before the sigmoid")
it.wrong("fake", {"sigmoid(logits)": "sigmoid(-logits)"}, says="the probability of being fake")
it.wrong("sum", {".mean()": ".sum()"}, says="Those are added up")
it.wrong("one for each", {".mean()": ""}, says="One number is asked")
it.wrong("largest", {".mean()": ".max()"}, says="That is the largest")
it.wrong("first", {".mean()": "[0, 0]"}, says="That is the first")
it.wrong("logarithm", {"torch.sigmoid(logits)": "F.logsigmoid(logits)"}, says="mean of D's logarithms")
