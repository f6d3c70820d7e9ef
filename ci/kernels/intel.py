"""Compiles for two generations of Intel GPUs with libocloc.so, which LD_LIBRARY_PATH must find. Arguments: the folder of SPIR-V modules, that of sources in
OpenCL C."""

import ctypes
import pathlib
import sys

from report import report

DEVICES = "dg2", "pvc"


SPIRV = [b"-spirv_input"]
OPENCL_C = [b"-options", b"-cl-std=CL1.2"]


def compile_file(ocloc, file, kind, device):
    """The log if the compiler refuses the file, else None."""
    name = file.name.encode()
    code = file.read_bytes() + (b"\0" if kind is OPENCL_C else b"")  # text ends as C has it
    words = [b"ocloc", b"compile", b"-file", name, *kind, b"-device", device.encode(), b"-output_no_suffix", b"-q"]
    arguments = (ctypes.c_char_p * len(words))(*words)
    sources = (ctypes.c_char_p * 1)(code)
    lengths = (ctypes.c_uint64 * 1)(len(code))
    names = (ctypes.c_char_p * 1)(name)
    count = ctypes.c_uint32()
    outputs = ctypes.POINTER(ctypes.POINTER(ctypes.c_uint8))()
    output_lengths = ctypes.POINTER(ctypes.c_uint64)()
    output_names = ctypes.POINTER(ctypes.c_char_p)()
    results = ctypes.byref(count), ctypes.byref(outputs), ctypes.byref(output_lengths), ctypes.byref(output_names)
    status = ocloc.oclocInvoke(len(words), arguments, 1, sources, lengths, names, 0, None, None, None, *results)
    made = {output_names[i].decode(): ctypes.string_at(outputs[i], output_lengths[i]) for i in range(count.value)}
    ocloc.oclocFreeOutput(*results)
    binary = any(content for name, content in made.items() if name != "stdout.log")
    if status == 0 and binary:
        return None
    log = made.get("stdout.log", b"").decode(errors="replace").strip()
    return f"status {status}, made {sorted(made)}\n{log}"


def main():
    modules = [(file, SPIRV) for file in sorted(pathlib.Path(sys.argv[1]).rglob("*.spv"))]
    if not modules:
        sys.exit(f"no SPIR-V in {sys.argv[1]}: build the kernels where llvm-spirv-15 is installed")
    sources = [(file, OPENCL_C) for file in sorted(pathlib.Path(sys.argv[2]).glob("*.cl"))]
    if not sources:
        sys.exit(f"no OpenCL C in {sys.argv[2]}")
    ocloc = ctypes.CDLL("libocloc.so")
    kinds = dict(modules + sources)
    report("kernels", "Intel", DEVICES, list(kinds), lambda file, device: compile_file(ocloc, file, kinds[file], device))


if __name__ == "__main__":
    main()
