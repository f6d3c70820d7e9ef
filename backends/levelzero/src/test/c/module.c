/* Modules from SPIR-V, which the translator turns into the bitcode that the OpenCL device takes, build logs, and kernels. */
#define _GNU_SOURCE
#include "loopback.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRANSLATOR "llvm-spirv-15"

extern char **environ;

typedef struct {
    object head;
    cl_program program;
} module;

typedef struct {
    object head;
    char *text;
} build_log;

/* A whole file, with a zero behind it; NULL if it cannot be read. */
static char *read_file(const char *name, size_t *bytes) {
    FILE *file = fopen(name, "rb");
    if (file == NULL) {
        return NULL;
    }
    fseek(file, 0, SEEK_END);
    *bytes = (size_t)ftell(file);
    rewind(file);
    char *content = calloc(1, *bytes + 1);
    if (content != NULL && fread(content, 1, *bytes, file) != *bytes) {
        free(content);
        content = NULL;
    }
    fclose(file);
    return content;
}

static bool write_file(const char *name, const void *content, size_t bytes) {
    FILE *file = fopen(name, "wb");
    if (file == NULL) {
        return false;
    }
    bool whole = fwrite(content, 1, bytes, file) == bytes;
    return fclose(file) == 0 && whole;
}

/* SPIR-V to bitcode; what the translator says goes to *log. NULL if it fails. */
static char *translate(const void *spirv, size_t *bytes, char **log) {
    char folder[] = "/tmp/loopbackXXXXXX";
    if (mkdtemp(folder) == NULL) {
        return NULL;
    }
    char from[64], to[64], said[64];
    snprintf(from, sizeof from, "%s/module.spv", folder);
    snprintf(to, sizeof to, "%s/module.bc", folder);
    snprintf(said, sizeof said, "%s/log", folder);
    char *bitcode = NULL;
    size_t length;
    if (write_file(from, spirv, *bytes)) {
        char *arguments[] = {TRANSLATOR, "-r", from, "-o", to, NULL};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, said, O_WRONLY | O_CREAT, 0600);
        pid_t child;
        int status = -1;
        if (posix_spawnp(&child, TRANSLATOR, &actions, NULL, arguments, environ) == 0) {
            waitpid(child, &status, 0);
        }
        posix_spawn_file_actions_destroy(&actions);
        bitcode = status == 0 ? read_file(to, bytes) : NULL;
        *log = read_file(said, &length);
    }
    unlink(from);
    unlink(to);
    unlink(said);
    rmdir(folder);
    return bitcode;
}

static char *program_log(cl_program program) {
    size_t bytes = 0;
    clGetProgramBuildInfo(program, cl_device, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes);
    char *text = calloc(1, bytes + 1);
    clGetProgramBuildInfo(program, cl_device, CL_PROGRAM_BUILD_LOG, bytes, text, NULL);
    return text;
}

ze_result_t module_create(ze_context_handle_t context, ze_device_handle_t device, const ze_module_desc_t *wanted, ze_module_handle_t *handle,
                          ze_module_build_log_handle_t *log) {
    CHECK(context, CONTEXT);
    CHECK(device, DEVICE);
    NEED(wanted);
    NEED(wanted->pInputModule);
    NEED(handle);
    size_t bytes = wanted->inputSize;
    char *said = NULL;
    char *code;
    if (wanted->format == ZE_MODULE_FORMAT_IL_SPIRV) {
        code = translate(wanted->pInputModule, &bytes, &said);
    } else {
        code = malloc(bytes);
        memcpy(code, wanted->pInputModule, bytes);
    }
    ze_result_t result = code == NULL ? ZE_RESULT_ERROR_MODULE_BUILD_FAILURE : ZE_RESULT_SUCCESS;
    module *made = make(MODULE, sizeof *made);
    if (result == ZE_RESULT_SUCCESS) {
        cl_int status, error;
        const unsigned char *binary = (const unsigned char *)code;
        made->program = clCreateProgramWithBinary(cl, 1, &cl_device, &bytes, &binary, &status, &error);
        if (error != CL_SUCCESS) {
            result = ZE_RESULT_ERROR_INVALID_NATIVE_BINARY;
        } else if (clBuildProgram(made->program, 1, &cl_device, "-cl-kernel-arg-info", NULL, NULL) != CL_SUCCESS) {
            result = ZE_RESULT_ERROR_MODULE_BUILD_FAILURE;
            free(said);
            said = program_log(made->program);
        }
        free(code);
    }
    if (log != NULL) {
        build_log *kept = make(BUILD_LOG, sizeof *kept);
        kept->text = said != NULL ? said : strdup("");
        *log = (ze_module_build_log_handle_t)kept;
    } else {
        free(said);
    }
    if (result == ZE_RESULT_SUCCESS) {
        *handle = (ze_module_handle_t)made;
    } else {
        made->head.kind = GONE;
    }
    return result;
}

ze_result_t module_destroy(ze_module_handle_t handle) {
    CHECK(handle, MODULE);
    module *m = (module *)handle;
    if (m->head.uses > 0) {
        return ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE;
    }
    clReleaseProgram(m->program);
    m->head.kind = GONE;
    return ZE_RESULT_SUCCESS;
}

ze_result_t module_binary(ze_module_handle_t handle, size_t *bytes, uint8_t *binary) {
    CHECK(handle, MODULE);
    NEED(bytes);
    cl_program program = ((module *)handle)->program;
    if (binary != NULL) {
        clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL);
    }
    clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof *bytes, bytes, NULL);
    return ZE_RESULT_SUCCESS;
}

ze_result_t log_text(ze_module_build_log_handle_t handle, size_t *bytes, char *text) {
    CHECK(handle, BUILD_LOG);
    NEED(bytes);
    const char *kept = ((build_log *)handle)->text;
    if (text != NULL && *bytes > 0) {
        snprintf(text, *bytes, "%s", kept);
    }
    *bytes = strlen(kept) + 1;
    return ZE_RESULT_SUCCESS;
}

ze_result_t log_destroy(ze_module_build_log_handle_t handle) {
    CHECK(handle, BUILD_LOG);
    build_log *log = (build_log *)handle;
    free(log->text);
    log->head.kind = GONE;
    return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_create(ze_module_handle_t owner, const ze_kernel_desc_t *wanted, ze_kernel_handle_t *handle) {
    CHECK(owner, MODULE);
    NEED(wanted);
    NEED(wanted->pKernelName);
    NEED(handle);
    cl_int error;
    cl_kernel kernel = clCreateKernel(((module *)owner)->program, wanted->pKernelName, &error);
    if (error != CL_SUCCESS) {
        return ZE_RESULT_ERROR_INVALID_KERNEL_NAME;
    }
    function *made = make(FUNCTION, sizeof *made);
    made->module = (object *)owner;
    made->kernel = kernel;
    snprintf(made->name, sizeof made->name, "%s", wanted->pKernelName);
    made->size[0] = made->size[1] = made->size[2] = 1;
    clGetKernelInfo(kernel, CL_KERNEL_NUM_ARGS, sizeof made->arguments, &made->arguments, NULL);
    if (made->arguments > MOST_ARGUMENTS) {
        clReleaseKernel(kernel);
        return ZE_RESULT_ERROR_UNSUPPORTED_SIZE;
    }
    for (uint32_t i = 0; i < made->arguments; i++) {
        cl_kernel_arg_address_qualifier space = CL_KERNEL_ARG_ADDRESS_PRIVATE;
        clGetKernelArgInfo(kernel, i, CL_KERNEL_ARG_ADDRESS_QUALIFIER, sizeof space, &space, NULL);
        made->argument[i].kind = space == CL_KERNEL_ARG_ADDRESS_LOCAL ? LOCAL : space == CL_KERNEL_ARG_ADDRESS_PRIVATE ? VALUE : POINTER;
    }
    pthread_mutex_lock(&lock);
    made->module->uses++;
    pthread_mutex_unlock(&lock);
    *handle = (ze_kernel_handle_t)made;
    return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_destroy(ze_kernel_handle_t handle) {
    CHECK(handle, FUNCTION);
    function *f = (function *)handle;
    pthread_mutex_lock(&lock);
    ze_result_t result = f->head.uses > 0 ? ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE : ZE_RESULT_SUCCESS;
    if (result == ZE_RESULT_SUCCESS) {
        f->module->uses--;
        f->head.kind = GONE;
        clReleaseKernel(f->kernel);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

ze_result_t kernel_size(ze_kernel_handle_t handle, uint32_t x, uint32_t y, uint32_t z) {
    CHECK(handle, FUNCTION);
    if (x == 0 || y == 0 || z == 0 || (uint64_t)x * y * z > 1024) {
        return ZE_RESULT_ERROR_INVALID_GROUP_SIZE_DIMENSION;
    }
    uint32_t *size = ((function *)handle)->size;
    size[0] = x;
    size[1] = y;
    size[2] = z;
    return ZE_RESULT_SUCCESS;
}

static ze_result_t set(function *f, uint32_t index, size_t bytes, const void *value) {
    argument *a = &f->argument[index];
    if (a->kind == LOCAL) {
        a->size = bytes;
        return value == NULL ? ZE_RESULT_SUCCESS : ZE_RESULT_ERROR_INVALID_ARGUMENT;
    }
    if (a->kind == VALUE) {
        NEED(value);
        if (bytes > MOST_BYTES || clSetKernelArg(f->kernel, index, bytes, value) != CL_SUCCESS) {
            return ZE_RESULT_ERROR_INVALID_KERNEL_ARGUMENT_SIZE;
        }
        a->size = bytes;
        memcpy(a->value, value, bytes);
        return ZE_RESULT_SUCCESS;
    }
    if (bytes != sizeof(void *)) {
        return ZE_RESULT_ERROR_INVALID_KERNEL_ARGUMENT_SIZE;
    }
    a->memory = NULL;
    a->real = NULL;
    void *address = NULL;
    if (value != NULL) {
        memcpy(&address, value, sizeof address);
    }
    place place = {NULL, NULL};
    if (address != NULL && (!locate(address, 1, &place) || place.memory == NULL)) {
        return ZE_RESULT_ERROR_INVALID_ARGUMENT;
    }
    a->memory = place.memory;
    a->real = place.real;
    return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_argument(ze_kernel_handle_t handle, uint32_t index, size_t bytes, const void *value) {
    CHECK(handle, FUNCTION);
    function *f = (function *)handle;
    if (index >= f->arguments) {
        return ZE_RESULT_ERROR_INVALID_KERNEL_ARGUMENT_INDEX;
    }
    pthread_mutex_lock(&lock);
    ze_result_t result = set(f, index, bytes, value);
    f->argument[index].set = result == ZE_RESULT_SUCCESS;
    pthread_mutex_unlock(&lock);
    return result;
}

ze_result_t kernel_properties(ze_kernel_handle_t handle, ze_kernel_properties_t *properties) {
    CHECK(handle, FUNCTION);
    NEED(properties);
    properties->numKernelArgs = ((function *)handle)->arguments;
    properties->requiredGroupSizeX = properties->requiredGroupSizeY = properties->requiredGroupSizeZ = 0;
    properties->requiredNumSubGroups = properties->requiredSubgroupSize = 0;
    properties->maxSubgroupSize = properties->maxNumSubgroups = 1;
    return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_name(ze_kernel_handle_t handle, size_t *bytes, char *name) {
    CHECK(handle, FUNCTION);
    NEED(bytes);
    const char *kept = ((function *)handle)->name;
    if (name != NULL) {
        snprintf(name, *bytes, "%s", kept);
    }
    *bytes = strlen(kept) + 1;
    return ZE_RESULT_SUCCESS;
}
