"""Every notebook runs from top to bottom without an error, and is committed without outputs.

They run with ``XAI_QUICK=1``, which makes their budgets small; ``XAI_QUICK=0`` runs them as
readers do; and in kernels that are forked from a process that has loaded torch and us already.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from scripts.docs import HEAD
from tests.browser.kernels import NEWEST, offer_kernel

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NAMES = {path.stem for path in NOTEBOOKS}
CLAIMS = {
    "accountable": [
        "np.array_equal(training, again)",
        "found.gain >= 0",
        "scales['too small', 4] < 0.15 and scales['as usual', 4] > 0.6 > scales['too large', 4]",
    ],
    "case-a": [
        "len(queue) > 5",
        "queue[0].distance >= queue[-1].distance > 0",
    ],
    "case-b": [
        "attacks['PGD'].reached.all()",
        "moved['ADV2, weight 10'].high < moved['PGD'].low",
        "right_of('a' * len(kinds)) == right_of('b' * len(kinds)) == 6",
        # what no detector without maps is behind of, and what an adaptive attack leaves of it
        "tables['PGD'][SHARE].auroc.value > 0.65 and tables['PGD'][SHARE].auroc_lead.low < 0",
        "tables['adaptive'][SHARE].auroc.value < tables['PGD'][SHARE].auroc.value - 0.1",
    ],
    "comparative": [
        "abs(sum(part.cells.sum() for part in shared.parts) / 2 - shared.cells.sum()) < 1e-3",
        "all(abs(m.output - m.baseline_output - m.cells.sum()) < 1e-3 for m in apart.maps)",
    ],
    "did-it-help": [
        "'not whole' in str(warned[0].message)",
        "needed == 314 and min(chance.values()) > 0.05",
        "power[45] < power[180]",
        # the traps: looking often finds what is not there, answers are not people
        "peeked > once",
        "coverage['by answers'] < coverage['by people']",
        "feedback['cdeepex'][0].kind == 'morph' and feedback['gradcam'][0].kind == 'picture'",
        "report.report['people'] == 45",
        "own.trials == 24 and [each.method for each in by_item.mcnemar()] == ['McNemar']",
        "judges['always the first'].right + judges['always the second'].right"
        " == judges['confidence'].count",
    ],
    "drill-down": [
        "min(probes.agreement.values()) > 0.5",
        "abs(found.cells.sum() - found.output + found.baseline_output) < 1e-3",
        # the trap: to the first block, the blue cat is a missile
        "model(blue).select('_blocks.0').explain(grid=1, budget=2, target='missile').output"
        " > model(blue).select('_blocks.0').explain(grid=1, budget=2, target='tiger cat').output",
    ],
    "explore": [
        "abs(attribution.cells - explorer.result.cells).max() < 1e-5",
        "abs(attribution.values.sum() - attribution.output + attribution.baseline_output) < 1e-3",
        "exact.exact",
    ],
    "hair-or-eyes": [
        "called_light(biased)[0, 1] > 0.8 and called_light(honest)[0, 1] < 0.2",
        # ten times chance in the eyes, and less than that in the hair; with the other network not
        "share(changes['CDeepEx'], masks['eyes']).mean() > 10 * masks['eyes'].double().mean()",
        "share(changes['CDeepEx'], masks['hair']).mean() < masks['hair'].double().mean()",
        "share(others['CDeepEx'], masks['hair']).mean() > 2 * masks['hair'].double().mean()",
        # the traps: few numbers, and class means
        "share(changes['CDeepEx, 8'], masks['eyes']).mean()"
        " < share(changes['CDeepEx'], masks['eyes']).mean() / 2",
        "share(changes['class means'], masks['hair']).mean() > 0.2",
        "ends['biased', 'eyes'] > 0.6 and ends['biased', 'hair'] < 0.2",
    ],
    "look-inside": [
        "maps['penultimate'].neighbours_agree.full.low > maps['relu1'].neighbours_agree.full.high",
        "agree['with'] >= agree['without']",
        "all(dissection.iou[dissection.best(n), k] > dissection.chance[:, k].max()"
        " for k, n in enumerate(dissection.concepts))",
        "accuracy(model) - left[worst] < 0.05",
        # the trap: the share of random sets is as extreme
        "{0.0, 1.0} <= {*concepts['relu1', 1].random_sensitivities}",
        "len(moves[1].random_rises) == 10 and moves[1].logits.shape == (17, 10)",
        "trees['cells'].agreement.low > trees['cells'].majority.high",
        "all(gain.low > 0 for gain in trees['cells'].gains)",
        "tree.run().wait().depth == 4",
    ],
    "planted-bias": [
        "measured(changes['CDeepEx'])[1].double().mean() > 0.7",
        "measured(crossed['fair, has seen it'].difference[:, 0])[1].double().mean() < 0.2",
    ],
    "poisoned": [
        "success['patch', 0] > 0.9",
        # the trap: what varies most in a class is not the trigger
        "all(a['distance to the mean'].value > a['signature'].value for a in areas.values())",
        "windows['patch'].windows[0].suspicious",
        "windows['blended'].windows[0].paste_rate.value < 0.2",
        "cleansed['patch'].after.value < 0.03 and cleansed['patch'].control.value > 0.9",
        "desk.run().wait().signature.target == TARGET",
    ],
    "trust": [
        "abs(by_hand - own).max() < 1e-3",
        "examined.roc('1 - largest probability').area > 0.8",
        # no score that needs more is told to be better
        "table.verdict.startswith('No score')",
        "table['temperature'].auroc_lead.value < 0.02",
    ],
    "what-if": ["read.evaluations > 0", "after.output > before.output - 0.5"],
    "which-map": [
        # the trap: of absolute values everywhere nothing has changed, and where the digit is, all
        "checks['LRP'].usual_correlations[-1].value > 0.8",
        "abs(checks['LRP'].last.value) < 0.5",
        "checks['Edge map'].last.value > 0.99",
        "fidelity['Shapley values'].correlation.value > fidelity['Edge map'].correlation.value",
        "effects['biased'].has_effect",
        "table.methods[-2:] == ('Centre bump', 'Edge map')",
    ],
    "why-positive": [
        "positive(biased, marked).mean() > 0.8 and positive(biased, plain).mean() < 0.15",
        "counts['CDeepEx, most changed'].mean() >= 0.9 and found.holds.mean() > 0.9",
        # what the text does not hide: the trivial answer does as well
        "counts['leave one out'].mean() >= 0.9",
        "fair_counts['CDeepEx, most changed'].mean() < 0.6",
        "control['biased'].mean() > 0.8 and control['fair'].mean() < 0.3",
    ],
    "why-not": [
        "(answers['xGEMs, drawn'].third_class >= 0).mean() > 0.3",
        "answers['CDeepEx, drawn'].converged.mean() > 0.9",
        "(answers['CDeepEx, drawn'].third_class < 0)[answers['CDeepEx, drawn'].converged].all()",
    ],
}
"""What a notebook's text says and its variables must hold, also when it was quick."""

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of Jupyter's with a kernel of this name."""
    folder = tmp_path_factory.mktemp("jupyter")
    offer_kernel(folder / "kernels/forked", NEWEST)
    return folder


def test_there_are_notebooks() -> None:
    lessons = {"drill-down", "comparative", "what-if", "case-a", "why-not", "planted-bias"}
    assert {"explore", "accountable", "trust", *lessons} <= NAMES


@each_notebook
def test_notebook_is_committed_as_people_should_find_it(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert not cell.get("outputs"), "clear all outputs before you commit"
        assert cell.get("execution_count") is None
    # A home folder or a temporary one is of this machine.
    assert not re.search(r"/(home|root|Users|tmp|work)/", path.read_text())


@each_notebook
def test_notebook_says_how_long_it_runs_and_has_questions_for_a_class(path: Path) -> None:
    first, *_, last = nbformat.read(path, as_version=4).cells
    assert HEAD.search(first.source), "*Runs for ... on one core.* You learn ..."
    assert last.source.startswith("## Questions for a class\n")
    folded = re.findall(
        r"<details><summary>Answer</summary>\n\n(.+?)\n\n</details>", last.source, re.S
    )
    assert len(folded) == len(re.findall(r"^\*\*\d\.\*\* ", last.source, re.M)) >= 2
    assert all(answer.strip() for answer in folded)


@each_notebook
def test_notebook_points_only_to_notebooks_that_exist(path: Path) -> None:
    assert {*re.findall(r"([\w-]+)\.ipynb", path.read_text())} <= NAMES


@pytest.mark.notebook
@each_notebook
def test_notebook_runs_and_its_claims_hold(
    path: Path, forked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XAI_QUICK", os.environ.get("XAI_QUICK", "1"))
    monkeypatch.setenv("JUPYTER_PATH", str(forked))
    notebook = nbformat.read(path, as_version=4)
    claims = "\n".join(f"assert {claim}" for claim in CLAIMS[path.stem])
    notebook.cells.append(nbformat.v4.new_code_cell(claims))
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="forked",
        resources={"metadata": {"path": FOLDER}},
    )
    client.execute()  # raises at the first cell that fails

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert outputs, "a notebook that shows nothing tests nothing"
    assert not [output for output in outputs if output.output_type == "error"]
