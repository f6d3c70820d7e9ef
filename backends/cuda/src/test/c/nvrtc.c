// A compiler of CUDA C for the stub's device: g++, with what CUDA C has and C++ lacks. Its cubins are shared libraries. What it has compiled it keeps
// in the folder CACHE, by the source's hash, since g++ takes a second where NVRTC takes a fiftieth of one.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID_INPUT = 3, INVALID_OPTION = 5, COMPILATION = 6 };

struct text {
    char *bytes;
    size_t size;
};

struct program {
    char *source, *name;
    int portable;
    struct text log, binary;
};

static const char *const EXACT[] = {"-fmad=false", "-ftz=false", "-prec-div=true", "-prec-sqrt=true"};
static const char *const FAST[] = {"-std=c++17"};

// Stands behind a kernel: its entry and the sizes of its parameters.
static const char *const ENDING =
    "\ntemplate <class... A> static int sizes_of(void (*)(A...), int *sizes) {\n"
    "    int count = 0;\n"
    "    ((sizes[count++] = sizeof(A)), ...);\n"
    "    return count;\n"
    "}\n"
    "extern \"C\" int sizes_%s(int *sizes) { return sizes_of(%s, sizes); }\n"
    "ENTRY(%s)\n";

int nvrtcVersion(int *major, int *minor) {
    *major = 13;
    *minor = 0;
    return SUCCESS;
}

int nvrtcGetNumSupportedArchs(int *count) {
    *count = 2;
    return SUCCESS;
}

int nvrtcGetSupportedArchs(int *archs) {
    archs[0] = 75;
    archs[1] = 90;
    return SUCCESS;
}

// The name is that of the kernel's file, which ends at the first dot.
int nvrtcCreateProgram(struct program **program, const char *source, const char *name, int headers, const void *texts, const void *names) {
    if (headers != 0 || texts || names) {
        return INVALID_INPUT;
    }
    *program = calloc(1, sizeof **program);
    (*program)->source = strdup(source);
    (*program)->name = strndup(name, strcspn(name, "."));
    (*program)->portable = strcmp(name + strcspn(name, "."), ".kernel.c") == 0;
    return SUCCESS;
}

static struct text read_all(const char *path) {
    struct text text = {calloc(1, 1), 0};
    FILE *file = fopen(path, "rb");
    if (!file) {
        return text;
    }
    fseek(file, 0, SEEK_END);
    text.size = ftell(file);
    rewind(file);
    text.bytes = realloc(text.bytes, text.size + 1);
    text.size = fread(text.bytes, 1, text.size, file);
    text.bytes[text.size] = 0;
    fclose(file);
    return text;
}

// FNV-1a, continued from a hash.
static unsigned long long hash(const char *text, unsigned long long from) {
    for (; *text; text++) {
        from = (from ^ (unsigned char)*text) * 0x100000001b3;
    }
    return from;
}

static int compile(struct program *program, const char *folder) {
    char path[128], kept[512], command[2048];
    unsigned long long key = hash(program->source, hash(program->name, 0xcbf29ce484222325));
    snprintf(kept, sizeof kept, CACHE "/%016llx.so", key);
    program->binary = read_all(kept);
    if (program->binary.size > 0) {
        return SUCCESS;
    }
    snprintf(path, sizeof path, "%s/kernel.cpp", folder);
    FILE *file = fopen(path, "w");
    fputs("#include \"host.prelude.h\"\n", file);
    fputs(program->source, file);
    fprintf(file, ENDING, program->name, program->name, program->name);
    fclose(file);
    snprintf(command, sizeof command,
             "cd %s && g++ -std=c++17 -O2 -march=native -ffp-contract=off -fno-math-errno -U_FORTIFY_SOURCE -w -fPIC -shared"
             " -I " INCLUDES " -o kernel.so kernel.cpp " LAUNCHER " >log 2>&1 && cp kernel.so %s.$$ && mv %s.$$ %s",
             folder, kept, kept, kept);
    int status = system(command);
    snprintf(path, sizeof path, "%s/log", folder);
    program->log = read_all(path);
    program->binary = read_all(kept);
    return status == 0 ? SUCCESS : COMPILATION;
}

// Whether options are those of a list, in order, with an architecture behind them and no others.
static int are(const char **options, int count, const char *const *list, int length) {
    int same = count == length + 1 && strncmp(options[length], "-arch=", strlen("-arch=")) == 0;
    for (int i = 0; same && i < length; i++) {
        same = strcmp(options[i], list[i]) == 0;
    }
    return same;
}

// Kernels of the portable family are taken with what their bits ask for alone. Those of the CUDA family have bits of their own.
int nvrtcCompileProgram(struct program *program, int count, const char **options) {
    int right = program->portable ? are(options, count, EXACT, sizeof EXACT / sizeof *EXACT) : are(options, count, FAST, sizeof FAST / sizeof *FAST);
    if (!right) {
        return INVALID_OPTION;
    }
    char folder[] = P_tmpdir "/stub-nvrtc-XXXXXX", command[64];
    if (!mkdtemp(folder)) {
        return COMPILATION;
    }
    int status = compile(program, folder);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 ? status : COMPILATION;
}

static int size_of(const struct text *text, size_t *size) {
    *size = text->size;
    return SUCCESS;
}

static int copy(const struct text *text, char *to) {
    memcpy(to, text->bytes, text->size);
    return SUCCESS;
}

int nvrtcGetProgramLogSize(struct program *program, size_t *size) { return size_of(&program->log, size); }
int nvrtcGetProgramLog(struct program *program, char *log) { return copy(&program->log, log); }
int nvrtcGetCUBINSize(struct program *program, size_t *size) { return size_of(&program->binary, size); }
int nvrtcGetCUBIN(struct program *program, char *binary) { return copy(&program->binary, binary); }
int nvrtcGetPTXSize(struct program *program, size_t *size) { return size_of(&program->binary, size); }
int nvrtcGetPTX(struct program *program, char *binary) { return copy(&program->binary, binary); }

int nvrtcDestroyProgram(struct program **program) {
    free((*program)->source);
    free((*program)->name);
    free((*program)->log.bytes);
    free((*program)->binary.bytes);
    free(*program);
    *program = NULL;
    return SUCCESS;
}
