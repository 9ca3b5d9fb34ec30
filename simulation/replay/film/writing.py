"""The file of a film: MP4 through ffmpeg, or GIF through Pillow, which plays everywhere and is coarser."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from simulation.errors import InputError, installing
from simulation.files.atomic import write_atomically, writing
from simulation.replay.film.cut import Shot, rate, shots
from simulation.replay.film.frame import frames_of

ENDINGS = (".mp4", ".gif")
HEIGHTS = {".mp4": 1080, ".gif": 540}  # lines, unless another number is asked for
LEAST, MOST = 270, 2160
MOST_PICTURES = 400  # of days in a GIF: all of them are in memory until it is written
COLOURS = 128
QUALITY = 23  # of x264: type stays sharp, a year has a few megabytes
LIBRARY = "imageio_ffmpeg"
Progress = Callable[[int, int, int], None]
"""Pictures made, all of them, 0."""


def has_ffmpeg() -> bool:
    return importlib.util.find_spec(LIBRARY) is not None


def check_target(path: Path) -> None:
    """InputError, before hours of runs, if no film can be written there."""
    if path.suffix.lower() not in ENDINGS:
        raise InputError("is no film", str(path), f"Name a file that ends with {' or '.join(ENDINGS)}")
    if path.is_dir():
        raise InputError("is a folder", str(path), "Name a file, film.mp4 say")
    if not path.parent.is_dir():
        raise InputError("its folder does not exist", str(path), f"Make {path.parent} first")
    if path.suffix.lower() == ".mp4" and not has_ffmpeg():
        hint = f"{installing('imageio-ffmpeg')}. Or write a GIF, which needs none: -o {path.stem}.gif"
        raise InputError("ffmpeg is missing, which writes .mp4", str(path), hint)


def check_look(height: int | None, speed: float, hold: float) -> None:
    """InputError for a size or a pace that no film has."""
    if height is not None and (not LEAST <= height <= MOST or height % 2):
        raise InputError(
            f"{height} is no height of a film", "--height", f"An even number of {LEAST} to {MOST}; 1080 say"
        )
    if not 0.2 <= speed <= 60:
        raise InputError(f"{speed:g} is no pace", "--speed", "0.2 to 60 days a second")
    if not 0 < hold <= 120:
        raise InputError(f"{hold:g} is no time for a chapter", "--hold", "Up to 120 seconds")


def write_film(
    path: Path,
    content: Mapping[str, Any],
    language: str,
    *,
    height: int | None = None,
    speed: float = 10.0,
    hold: float = 8.0,
    progress: Progress = lambda done, total, failed: None,
) -> float:
    """Write a film of a payload, at once or not at all; how many seconds it lasts.

    InputError as `frames_of`, and if ffmpeg fails.
    """
    ending = path.suffix.lower()
    frames = frames_of(content, language, height or HEIGHTS[ending])
    step = 1 if ending == ".mp4" else max(1, -(-content["frames"] // MOST_PICTURES))
    cut = list(shots(content, speed, hold, step))

    def drawn() -> Iterator[tuple[Shot, Image.Image]]:
        for done, shot in enumerate(cut):
            progress(done, len(cut), 0)
            yield shot, frames.draw(shot.day, shot.chapter, shot.opening)
        progress(len(cut), len(cut), 0)

    told = frames.told
    title = f"{told.word('ui.mark')}: {told.own(content['title'])} ({told.word('ui.caveat')})"
    write = {".mp4": _write_mp4, ".gif": _write_gif}[ending]
    with writing(path):
        write_atomically(
            path, lambda hidden: write(hidden, drawn(), frames.size, rate(speed), title), mark=f"part{ending}"
        )
    return sum(shot.seconds for shot in cut)


def _write_mp4(
    path: Path, pictures: Iterator[tuple[Shot, Image.Image]], size: tuple[int, int], fps: float, title: str
) -> None:
    library = importlib.import_module(LIBRARY)
    more = ["-crf", str(QUALITY), "-preset", "veryfast", "-movflags", "+faststart", "-metadata", f"title={title}"]
    try:
        writer = library.write_frames(
            str(path), size, fps=fps, codec="libx264", quality=None, macro_block_size=2, output_params=more
        )
        writer.send(None)
        try:
            for shot, picture in pictures:
                data = picture.tobytes()
                for _ in range(max(1, round(shot.seconds * fps))):
                    writer.send(data)
        finally:
            writer.close()
    except (OSError, RuntimeError) as error:  # it reports whatever ffmpeg said, in many lines
        said = next((line for line in reversed(str(error).splitlines()) if line.strip()), "no reason given")
        raise InputError(f"ffmpeg failed ({said.strip()})", str(path.parent), "A GIF needs no ffmpeg") from None


def _write_gif(
    path: Path, pictures: Iterator[tuple[Shot, Image.Image]], size: tuple[int, int], fps: float, title: str
) -> None:
    seconds: list[float] = []
    palette: list[Image.Image] = []

    def coarse() -> Iterator[Image.Image]:
        for shot, picture in pictures:
            seconds.append(shot.seconds)
            if not palette:
                palette.append(picture.quantize(COLOURS, dither=Image.Dither.NONE))
            yield picture.quantize(palette=palette[0], dither=Image.Dither.NONE)

    made = list(coarse())
    durations = [max(20, round(1000 * one)) for one in seconds]
    made[0].save(
        path,
        format="GIF",
        save_all=True,
        append_images=made[1:],
        duration=durations,
        loop=0,
        comment=title.encode("utf-8")[:255],
    )
