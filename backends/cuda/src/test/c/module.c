// Modules are shared libraries that the stub of NVRTC made, each with its kernel and what runs it.
#define _GNU_SOURCE
#include "stub.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct module {
    struct object object;
    void *library;
    struct function function;
};

// The length of a library, which the driver has to find in it as it is given none: the section headers come last.
static size_t length(const unsigned char *image) {
    unsigned long long sections;
    unsigned short size, count;
    memcpy(&sections, image + 40, sizeof sections);
    memcpy(&size, image + 58, sizeof size);
    memcpy(&count, image + 60, sizeof count);
    return sections + (size_t)size * count;
}

int cuModuleLoadData(struct module **module, const unsigned char *image) {
    READY();
    CHECK(!capturing, CAPTURE_UNSUPPORTED);
    CHECK(memcmp(image, "\177ELF", 4) == 0 && !setting("BROKEN_MODULES", 0), INVALID_IMAGE);
    char path[] = P_tmpdir "/stub-cuda-XXXXXX";
    int file = mkstemp(path);
    CHECK(file >= 0, OUT_OF_MEMORY);
    size_t bytes = length(image);
    int whole = write(file, image, bytes) == (ssize_t)bytes;
    close(file);
    void *library = whole ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    unlink(path);
    CHECK(library, INVALID_IMAGE);
    *module = make(MODULE, sizeof **module);
    (*module)->library = library;
    return SUCCESS;
}

int cuModuleUnload(struct module *module) {
    CHECK(!awaited(module, sizeof *module), refuse(INVALID_VALUE));
    int status = give_back(module, MODULE);
    if (status == SUCCESS) {
        dlclose(module->library);
    }
    return status;
}

static void *symbol(struct module *module, const char *prefix, const char *name) {
    char whole[128];
    snprintf(whole, sizeof whole, "%s%s", prefix, name);
    return dlsym(module->library, whole);
}

int cuModuleGetFunction(struct function **function, struct module *module, const char *name) {
    READY();
    CHECK(is(module, MODULE), INVALID_HANDLE);
    int (*sizes)(int *) = symbol(module, "sizes_", name);
    CHECK(sizes, NOT_FOUND);
    module->function.entry = symbol(module, "entry_", name);
    module->function.launch = symbol(module, "", "launch");
    module->function.parameters = sizes(module->function.sizes);
    for (int i = 1; i < module->function.parameters; i++) {
        module->function.at[i] = module->function.at[i - 1] + (module->function.sizes[i - 1] + 7) / 8;
    }
    module->function.shared = 48 << 10;
    *function = &module->function;
    return SUCCESS;
}

int cuFuncSetAttribute(struct function *function, int attribute, int value) {
    READY();
    CHECK(attribute == 8 && value >= 0 && value <= 227 << 10, INVALID_VALUE);
    function->shared = value;
    return SUCCESS;
}
