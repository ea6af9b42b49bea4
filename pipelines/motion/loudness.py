"""How loud a programme is (ITU-R BS.1770-4) and how high its peaks reach between samples; numpy alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
Wide = npt.NDArray[np.float64]

RATE = 48000
SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
HIGHPASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
"""The two filters of K-weighting at 48 kHz (BS.1770-4, tables 1 and 2)."""
BLOCK, STEP = 0.4, 0.1
ABSOLUTE, RELATIVE = -70.0, -10.0
OVERSAMPLING = 4
SILENCE = -120.0


def loudness(sound: Samples) -> float:
    """Integrated loudness of stereo samples (n, 2) at 48 kHz in LUFS, gated as the standard says."""
    weighted = _weighted(sound)
    size, hop = int(BLOCK * RATE), int(STEP * RATE)
    starts = range(0, max(1, len(weighted) - size + 1), hop)
    power = np.array([np.mean(weighted[s : s + size] ** 2, axis=0).sum() for s in starts])
    kept = power[_lufs(power) > ABSOLUTE]
    if not kept.size:
        return SILENCE
    kept = kept[_lufs(kept) > float(_lufs(kept.mean())) + RELATIVE]
    return float(_lufs(kept.mean()))


def true_peak(sound: Samples) -> float:
    """The highest level between samples in dBTP, by four-fold band-limited interpolation."""
    padded = np.pad(sound.astype(np.float64), ((256, 256), (0, 0)))
    spectrum = np.fft.rfft(padded, axis=0)
    fine = np.fft.irfft(spectrum, OVERSAMPLING * len(padded), axis=0) * OVERSAMPLING
    peak = float(np.abs(fine).max())
    return 20 * np.log10(peak) if peak > 1e-6 else SILENCE


def mastered(sound: Samples, target: float = -14.0, ceiling: float = -1.5) -> Samples:
    """The sound at `target` LUFS with its true peak under `ceiling` dBTP; peaks are turned down, not clipped."""
    out = sound.astype(np.float32)
    for _ in range(6):
        out = out * np.float32(10 ** ((target - loudness(out)) / 20))
        out = _limited(out, 10 ** (ceiling / 20))
    excess = true_peak(out) - ceiling
    return out * np.float32(10 ** (-max(0.0, excess) / 20))


def _limited(sound: Samples, ceiling: float, reach: int = 96) -> Samples:
    """Gain that sinks before a peak and rises after it, over 2 ms each way."""
    level = np.abs(sound).max(axis=1)
    need = np.minimum(1.0, ceiling / np.maximum(level, 1e-9))
    if need.min() >= 1:
        return sound
    padded = np.pad(need, reach, constant_values=1.0)
    low = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(axis=1)
    window = np.hanning(2 * reach + 1)
    smooth = np.convolve(np.pad(low, reach, mode="edge"), window / window.sum(), mode="valid")
    return np.asarray(sound * np.minimum(smooth, need)[:, None], np.float32)


def _lufs(power: Wide | float) -> Wide:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-13)))


def _weighted(sound: Samples) -> Wide:
    """K-weighting by the filters' response over frequency; the signal is padded so that nothing wraps round."""
    n = 1 << (len(sound) + RATE // 2).bit_length()
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(n))
    response = np.ones_like(turn)
    for over, under in (SHELF, HIGHPASS):
        response *= np.polyval(over[::-1], turn) / np.polyval(under[::-1], turn)
    spectrum = np.fft.rfft(sound.astype(np.float64), n, axis=0)
    return np.asarray(np.fft.irfft(spectrum * response[:, None], n, axis=0)[: len(sound)])
