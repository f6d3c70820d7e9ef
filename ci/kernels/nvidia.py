"""Compiles CUDA C to cubins for three generations of NVIDIA GPUs with NVRTC. Arguments: the unpacked wheel, the folder of sources."""

import ctypes
import pathlib
import sys

from report import report

ARCHITECTURES = "sm_80", "sm_89", "sm_90a"
OPTIONS = b"-fmad=false", b"-ftz=false", b"-prec-div=true", b"-prec-sqrt=true"


def load(folder):
    """NVRTC, whose other library is loaded first so that it is found."""
    builtins = next(folder.rglob("libnvrtc-builtins.so.*"))
    ctypes.CDLL(str(builtins), mode=ctypes.RTLD_GLOBAL)
    return ctypes.CDLL(str(next(path for path in folder.rglob("libnvrtc.so.*") if "alt" not in path.name)))


def compile_source(nvrtc, source, architecture):
    """The log if the compiler refuses the source, else None."""
    program = ctypes.c_void_p()
    nvrtc.nvrtcCreateProgram(ctypes.byref(program), source.read_bytes(), source.name.encode(), 0, None, None)
    options = [b"-arch=" + architecture.encode(), *OPTIONS]
    status = nvrtc.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetCUBINSize(program, ctypes.byref(size))
    binary = size.value
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return None if status == 0 and binary > 0 else f"status {status}, {binary} bytes of binary\n{log.value.decode(errors='replace')}"


def main():
    nvrtc = load(pathlib.Path(sys.argv[1]))
    sources = sorted(pathlib.Path(sys.argv[2]).glob("*.cu"))
    if not sources:
        sys.exit(f"no CUDA C in {sys.argv[2]}")
    report("kernels", "NVIDIA", ARCHITECTURES, sources, lambda source, architecture: compile_source(nvrtc, source, architecture))


if __name__ == "__main__":
    main()
