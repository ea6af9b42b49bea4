"""Another plate: always a different one, always the same for the same number."""

from __future__ import annotations

from pathlib import Path

import pytest

from factory.catalogue import load_catalogue
from factory.options import MakeOptions
from factory.takes import another
from workers.inputs import kit_facts, read_inputs, retaken

KIT = Path("brand_kits/samples/vesper")


@pytest.fixture(scope="module")
def inputs():
    return read_inputs(MakeOptions(brief=KIT / "briefs/cold-brew.yaml", kit=KIT, out=Path("unused"), variants=24, jobs=1, video=True))


def scene(concept):
    return concept.set, concept.light, concept.wash, concept.mode, concept.ground, concept.other


@pytest.fixture(scope="module")
def takes(inputs):
    facts = kit_facts(inputs.kit)
    return {c.id: [another(c, n, inputs.brief, facts, load_catalogue(), "") for n in (1, 2, 3)] for c in inputs.plan.concepts}


def test_every_idea_has_three_other_plates_and_keeps_its_thought(inputs, takes):
    for own in inputs.plan.concepts:
        scenes = [scene(own), *(scene(c) for c, _ in takes[own.id])]
        assert len(set(scenes)) == 4, own.id
        for new, _ in takes[own.id]:
            same = ("id", "motive", "line", "fact", "family", "device", "picture", "tribe", "idea")
            assert [getattr(new, n) for n in same] == [getattr(own, n) for n in same]


def test_a_take_stands_on_what_its_layout_takes(inputs, takes):
    catalogue = load_catalogue()
    sets, families = {s.name: s for s in catalogue.sets}, {f.name: f for f in catalogue.families}
    for rows in takes.values():
        for new, job in rows:
            assert sets[new.set].ground in families[new.family].grounds
            key = sets[new.set].lights[new.light]
            assert (job.set, job.light, job.wash) == (new.set, new.light, new.wash)
            if new.set != "seamless" or not new.wash:
                modes = {m.ground: m for m in kit_facts(inputs.kit).modes}
                assert not key.modes or modes[new.ground].kind in key.modes


def test_a_take_is_the_same_every_time(inputs, takes):
    facts = kit_facts(inputs.kit)
    for c in inputs.plan.concepts:
        assert another(c, 2, inputs.brief, facts, load_catalogue(), "") == takes[c.id][1]


def test_more_takes_than_scenes_come_round_again_with_another_chance(inputs):
    facts = kit_facts(inputs.kit)
    own = next(c for c in inputs.plan.concepts if c.family == "type")
    new = [another(own, n, inputs.brief, facts, load_catalogue(), "")[0] for n in range(1, 90)]
    assert len({scene(c) for c in new}) < len(new)
    assert len({c.seed for c in new}) == len(new)


def test_inputs_change_in_one_idea_alone(inputs):
    own = inputs.plan.concepts[0]
    new = retaken(inputs, own.id, 1)
    assert [c for c in new.plan.concepts if c.id != own.id] == [c for c in inputs.plan.concepts if c.id != own.id]
    assert new.plan.digest == inputs.plan.digest
    assert {j.id: j for j in new.plan.plate_jobs}[new.plan.plates[own.id]].set == new.plan.concepts[0].set
