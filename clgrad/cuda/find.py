"""Find the GPU, or tell what is missing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from clgrad.errors import DeviceError

if TYPE_CHECKING:
    from clgrad.cuda.device import CudaDevice


@cache
def device() -> CudaDevice:
    """The first GPU that CUDA_VISIBLE_DEVICES leaves; no context is opened yet.

    Raises DeviceError, with the cure, where something is missing.
    """
    try:
        import pycuda.driver as driver
    except ImportError as error:
        raise _missing(
            f"pycuda can not be imported ({error})",
            "pip install 'clgrad[cuda]', which builds pycuda and needs CUDA's toolkit and NVIDIA's driver",
        ) from error
    try:
        from clgrad.cuda import compiler

        compiler.version()
    except (ImportError, RuntimeError) as error:
        raise _missing(f"NVRTC can not be loaded ({error})", "pip install 'clgrad[cuda]'") from error
    try:
        driver.init()
        count = driver.Device.count()
    except driver.Error as error:
        raise _missing(f"CUDA does not start ({error})", "install NVIDIA's driver, or name another device") from error
    if not count:
        raise _missing("there is no NVIDIA GPU", "look at CUDA_VISIBLE_DEVICES, or name another device")
    from clgrad.cuda.device import CudaDevice

    return CudaDevice(driver.Device(0))


def _missing(what: str, cure: str) -> DeviceError:
    return DeviceError(f"[device] 'cuda:pycuda': {what}; {cure}")
