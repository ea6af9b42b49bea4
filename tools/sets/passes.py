"""Render a stage as passes: each key, the fill, part weights and depth, parts in the mirror.

Finished passes are skipped, so a stopped run loses at most the pass it was in.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bpy
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector
from matter import aov
from stage import SENSOR_MM, Stage


@dataclass(kw_only=True, slots=True, frozen=True)
class Quality:
    """Pixels and samples of a run."""

    light_px: int = 1280
    mask_px: int = 2880
    samples: int = 16
    mask_samples: int = 12
    threads: int = 2


def render_all(stage: Stage, folder: Path, quality: Quality, only: list[str] | None = None) -> None:
    """Render every pass of the set (or those named in `only`) into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _settings(stage, quality)
    passes = [(f"key_{i}", i) for i in range(len(stage.info.keys))] + [("fill", None)]
    for tag, key in passes:
        _once(folder, tag, only, lambda key=key, tag=tag: _light(stage, folder, tag, key, quality))
    _once(folder, "masks", only, lambda: _masks(stage, folder, quality))
    if stage.info.mirror:
        _once(folder, "seen", only, lambda: _seen(stage, folder, quality))
    _write_meta(stage, folder, quality)


def _once(folder: Path, tag: str, only: list[str] | None, job: Callable[[], None]) -> None:
    """Run a pass unless its seconds are written down already."""
    mark = folder / f"{tag}.seconds"
    if mark.exists() or (only and tag not in only):
        return
    start = time.monotonic()
    job()
    mark.write_text(f"{time.monotonic() - start:.1f}\n")
    print(f"{folder.name} {tag} {mark.read_text().strip()} s", flush=True)


def _settings(stage: Stage, quality: Quality) -> None:
    scene = stage.scene
    scene.render.engine = "CYCLES"
    scene.render.threads_mode, scene.render.threads = "FIXED", quality.threads
    scene.render.use_persistent_data = True
    scene.view_settings.view_transform = "Raw"
    values = {
        "device": "CPU", "use_denoising": False, "adaptive_threshold": 0.08,
        "adaptive_min_samples": 8, "max_bounces": 3, "diffuse_bounces": 2,
        "glossy_bounces": 2, "transparent_max_bounces": 4, "sample_clamp_indirect": 4,
        "caustics_reflective": False, "caustics_refractive": False, "seed": 7,
    }  # fmt: skip
    for name, value in values.items():
        setattr(scene.cycles, name, value)
    layer = scene.view_layers[0]
    for name in ("diffuse_direct", "diffuse_indirect", "diffuse_color",
                 "glossy_direct", "glossy_indirect", "glossy_color", "z"):  # fmt: skip
        setattr(layer, f"use_pass_{name}", True)
    layer.cycles.denoising_store_passes = True
    for part in stage.info.parts:
        layer.aovs.add().name = aov(part)
        layer.aovs[-1].type = "VALUE"
    scene.world = bpy.data.worlds.new("sky")
    scene.world.use_nodes = True


def _size(stage: Stage, pixels: int, samples: int, adaptive: bool) -> None:
    render = stage.scene.render
    render.resolution_x = render.resolution_y = pixels
    stage.scene.cycles.samples = samples
    stage.scene.cycles.use_adaptive_sampling = adaptive


def _switch(stage: Stage, key: int | None, fill: bool) -> None:
    """Leave on only the lights and gobos of one key, or only the fill."""
    for index, lamps in stage.keys.items():
        for lamp in lamps:
            lamp.hide_render = index != key
    for lamp in stage.fill:
        lamp.hide_render = not fill
    for thing, index in stage.gobos:
        thing.hide_render = index != key
    sky = stage.scene.world.node_tree.nodes["Background"].inputs[1]
    sky.default_value = stage.info.sky if fill else 0.0


class _Compositor:
    """A fresh compositing tree that writes named float layers as files."""

    def __init__(self, stage: Stage, folder: Path, depth: str = "16") -> None:
        stage.scene.use_nodes = True
        self.tree = stage.scene.node_tree
        self.tree.nodes.clear()
        self.layers = self.tree.nodes.new("CompositorNodeRLayers").outputs
        self.file = self.tree.nodes.new("CompositorNodeOutputFile")
        self.file.format.file_format, self.file.format.color_depth = "OPEN_EXR", depth
        self.file.base_path = f"{folder}/"
        self.file.file_slots.clear()
        end = self.tree.nodes.new("CompositorNodeComposite")
        self.tree.links.new(self.layers["Image"], end.inputs[0])

    def write(self, name: str, socket: bpy.types.NodeSocket) -> None:
        self.file.file_slots.new(f"{name}_")
        self.tree.links.new(socket, self.file.inputs[f"{name}_"])

    def mix(self, a: bpy.types.NodeSocket, b: bpy.types.NodeSocket, how: str) -> bpy.types.NodeSocket:
        node = self.tree.nodes.new("CompositorNodeMixRGB")
        node.blend_type = how
        self.tree.links.new(a, node.inputs[1])
        self.tree.links.new(b, node.inputs[2])
        return node.outputs[0]

    def denoised(self, kind: str) -> bpy.types.NodeSocket:
        """Light x matter of the diffuse or the glossy rays, cleaned with OIDN."""
        light = self.mix(self.layers[f"{kind}Dir"], self.layers[f"{kind}Ind"], "ADD")
        node = self.tree.nodes.new("CompositorNodeDenoise")
        node.prefilter, node.use_hdr = "FAST", True
        self.tree.links.new(self.mix(light, self.layers[f"{kind}Col"], "MULTIPLY"), node.inputs[0])
        for guide in ("Normal", "Albedo"):
            self.tree.links.new(self.layers[f"Denoising {guide}"], node.inputs[guide])
        return node.outputs[0]


def _light(stage: Stage, folder: Path, tag: str, key: int | None, quality: Quality) -> None:
    info = stage.info
    _size(stage, quality.light_px, quality.samples, adaptive=True)
    _switch(stage, key, fill=key is None)
    out = _Compositor(stage, folder)
    out.write(tag, out.denoised("Diff"))
    if info.fill_gloss if key is None else info.keys[key].gloss:
        out.write(f"gloss_{tag}", out.denoised("Gloss"))
    bpy.ops.render.render()


def _masks(stage: Stage, folder: Path, quality: Quality) -> None:
    """Weights of the parts and depth, with no light at all: only the first hit counts."""
    _switch(stage, None, fill=False)
    _size(stage, quality.mask_px, quality.mask_samples, adaptive=False)
    kept = [(m.node_tree, _cut(m.node_tree)) for m, _ in stage.materials]
    out = _Compositor(stage, folder, depth="32")
    for part in stage.info.parts:
        out.write(aov(part), out.layers[aov(part)])
    out.write("depth", out.layers["Depth"])
    bpy.ops.render.render()
    for tree, socket in kept:
        tree.links.new(socket, tree.nodes["Material Output"].inputs[0])


def _cut(tree: bpy.types.NodeTree) -> bpy.types.NodeSocket:
    """Take the shader off the surface; returns its socket."""
    link = tree.nodes["Material Output"].inputs[0].links[0]
    socket = link.from_socket
    tree.links.remove(link)
    return socket


def _seen(stage: Stage, folder: Path, quality: Quality) -> None:
    """Weights of the parts as seen in the mirror part, x the mirror's own weight.

    The mirror becomes a mirror, all else glows in its part's colour, but only in reflections.
    """
    parts = list(stage.info.parts)
    _switch(stage, None, fill=False)
    _size(stage, quality.light_px, 16, adaptive=False)
    for start in range(0, len(parts), 3):
        group = parts[start : start + 3]
        for material, part in stage.materials:
            colour = [float(part == name) for name in group] + [0.0] * (3 - len(group))
            _glow(material.node_tree, colour, mirror=part == stage.info.mirror)
        out = _Compositor(stage, folder)
        out.write(f"seen_{start // 3}", out.layers["Image"])
        bpy.ops.render.render()


def _glow(tree: bpy.types.NodeTree, colour: list[float], mirror: bool) -> None:
    end = tree.nodes["Material Output"].inputs[0]
    if mirror:
        node = tree.nodes.new("ShaderNodeBsdfGlossy")
        node.inputs["Roughness"].default_value = 0.03
    else:
        node = tree.nodes.new("ShaderNodeEmission")
        node.inputs[0].default_value = (*colour, 1)
        path, flip = tree.nodes.new("ShaderNodeLightPath"), tree.nodes.new("ShaderNodeMath")
        flip.operation, flip.inputs[0].default_value = "SUBTRACT", 1.0
        tree.links.new(path.outputs["Is Camera Ray"], flip.inputs[1])
        tree.links.new(flip.outputs[0], node.inputs[1])
    tree.links.new(node.outputs[0], end)


def _write_meta(stage: Stage, folder: Path, quality: Quality) -> None:
    """What the packer needs to know of the scene."""
    info, scene = stage.info, stage.scene
    camera = scene.camera
    horizon = None
    if info.horizon:
        horizon = 1 - world_to_camera_view(scene, camera, Vector(info.horizon)).y
    meta = {
        "name": info.name, "world": info.world, "title": info.title, "mood": info.mood,
        "parts": info.parts, "mirror": info.mirror,
        "camera": {
            "matrix": [list(row) for row in camera.matrix_world], "lens": info.lens,
            "sensor": SENSOR_MM, "shift": [camera.data.shift_x, camera.data.shift_y],
        },
        "anchor": (*(info.stand or info.anchor[:2]), info.anchor[2]), "anchor_px": info.anchor_px, "horizon": horizon,
        "room": {"height": info.room[0], "radius": info.room[1]},
        "keys": [
            {"name": k.name, "mood": k.mood, "dir": list(k.direction), "azimuth": k.azimuth,
             "elevation": k.elevation, "angle": k.angle}
            for k in info.keys
        ],
        "blender": bpy.app.version_string, "samples": quality.samples,
        "seconds": {p.stem: float(p.read_text()) for p in sorted(folder.glob("*.seconds"))},
    }  # fmt: skip
    (folder / "meta.json").write_text(json.dumps(meta, indent=1))
