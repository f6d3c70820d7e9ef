"""Compiles SPIR-V modules for two generations of Intel GPUs with libocloc.so, which LD_LIBRARY_PATH must find. Argument: the modules' folder."""

import ctypes
import pathlib
import sys

from report import report

DEVICES = "dg2", "pvc"


def compile_module(ocloc, module, device):
    """The log if the compiler refuses the module, else None."""
    name = module.stem.encode()
    code = module.read_bytes()
    words = [b"ocloc", b"compile", b"-file", name + b".spv", b"-spirv_input", b"-device", device.encode(), b"-output_no_suffix", b"-q"]
    arguments = (ctypes.c_char_p * len(words))(*words)
    sources = (ctypes.c_char_p * 1)(code)
    lengths = (ctypes.c_uint64 * 1)(len(code))
    names = (ctypes.c_char_p * 1)(name + b".spv")
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
    modules = sorted(pathlib.Path(sys.argv[1]).glob("*.spv"))
    if not modules:
        sys.exit(f"no SPIR-V in {sys.argv[1]}: build the kernels where llvm-spirv-15 is installed")
    ocloc = ctypes.CDLL("libocloc.so")
    report("modules", "Intel", DEVICES, modules, lambda module, device: compile_module(ocloc, module, device))


if __name__ == "__main__":
    main()
