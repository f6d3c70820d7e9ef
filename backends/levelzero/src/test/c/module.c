/* Modules from SPIR-V, which the translator turns into the bitcode that the OpenCL device takes, build logs, and kernels. */
#include "loopback.h"

#include <sys/mman.h>
#include <unistd.h>

#define FILE_OF "/proc/self/fd/%d"
#define TRANSLATE "llvm-spirv-15 -r " FILE_OF " -o " FILE_OF " >" FILE_OF " 2>&1"

typedef struct {
    object head;
    cl_program program;
} module;

typedef struct {
    object head;
    char *text;
} build_log;

/* What a file in memory holds, with a zero behind it; closes the file. */
static char *content(int file, size_t *bytes) {
    *bytes = (size_t)lseek(file, 0, SEEK_END);
    char *read = calloc(1, *bytes + 1);
    *bytes = (size_t)pread(file, read, *bytes, 0);
    close(file);
    return read;
}

/* SPIR-V to bitcode, by way of files in memory; what the translator says goes to *log. False if it fails. */
static bool translate(const void *spirv, size_t size, char **bitcode, size_t *bytes, char **log) {
    int input = memfd_create("spirv", 0), output = memfd_create("bitcode", 0), said = memfd_create("log", 0);
    char command[200];
    snprintf(command, sizeof command, TRANSLATE, input, output, said);
    bool well = pwrite(input, spirv, size, 0) == (ssize_t)size && system(command) == 0;
    close(input);
    *bitcode = content(output, bytes);
    free(*log);
    *log = content(said, &size);
    return well;
}

static void take_log(cl_program program, char **log) {
    size_t bytes = 0;
    clGetProgramBuildInfo(program, cl_device, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes);
    *log = realloc(*log, bytes + 1);
    (*log)[bytes] = '\0';
    clGetProgramBuildInfo(program, cl_device, CL_PROGRAM_BUILD_LOG, bytes, *log, NULL);
}

static ze_result_t build(const ze_module_desc_t *wanted, cl_program *program, char **log) {
    char *translated = NULL;
    const unsigned char *code = wanted->pInputModule;
    size_t bytes = wanted->inputSize;
    bool spirv = wanted->format == ZE_MODULE_FORMAT_IL_SPIRV;
    bool whole = !spirv || translate(code, bytes, &translated, &bytes, log);
    code = spirv ? (const unsigned char *)translated : code;
    cl_int error = CL_SUCCESS;
    if (whole) { *program = clCreateProgramWithBinary(cl, 1, &cl_device, &bytes, &code, NULL, &error); }
    free(translated);
    REFUSE(!whole, MODULE_BUILD_FAILURE);
    REFUSE(error != CL_SUCCESS, INVALID_NATIVE_BINARY);
    if (clBuildProgram(*program, 1, &cl_device, "-cl-kernel-arg-info", NULL, NULL) != CL_SUCCESS) {
        take_log(*program, log);
        return ZE_RESULT_ERROR_MODULE_BUILD_FAILURE;
    }
    return ZE_RESULT_SUCCESS;
}

static ze_result_t module_create(ze_context_handle_t context, ze_device_handle_t device, const ze_module_desc_t *wanted,
                                 ze_module_handle_t *handle, ze_module_build_log_handle_t *log) {
    ENTER_WITH(context, CONTEXT);
    CHECK(device, DEVICE);
    module *made = make(MODULE, sizeof *made, NULL);
    build_log *kept = make(BUILD_LOG, sizeof *kept, NULL);
    kept->text = calloc(1, 1);
    ze_result_t result = build(wanted, &made->program, &kept->text);
    if (log != NULL) { *log = (ze_module_build_log_handle_t)kept; }
    if (result == ZE_RESULT_SUCCESS) { *handle = (ze_module_handle_t)made; }
    return result;
}

static ze_result_t module_destroy(ze_module_handle_t handle) {
    ze_result_t result = retire(handle, MODULE);
    if (result == ZE_RESULT_SUCCESS) { clReleaseProgram(((module *)handle)->program); }
    return result;
}

static ze_result_t module_binary(ze_module_handle_t handle, size_t *bytes, uint8_t *binary) {
    ENTER_WITH(handle, MODULE);
    cl_program program = ((module *)handle)->program;
    if (binary != NULL) { clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL); }
    clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof *bytes, bytes, NULL);
    return ZE_RESULT_SUCCESS;
}

static ze_result_t log_text(ze_module_build_log_handle_t handle, size_t *bytes, char *text) {
    ENTER_WITH(handle, BUILD_LOG);
    const char *kept = ((build_log *)handle)->text;
    if (text != NULL) { snprintf(text, *bytes, "%s", kept); }
    *bytes = strlen(kept) + 1;
    return ZE_RESULT_SUCCESS;
}

static ze_result_t log_destroy(ze_module_build_log_handle_t handle) { return retire(handle, BUILD_LOG); }

static ze_result_t kernel_create(ze_module_handle_t owner, const ze_kernel_desc_t *wanted, ze_kernel_handle_t *handle) {
    ENTER_WITH(owner, MODULE);
    cl_kernel kernel = clCreateKernel(((module *)owner)->program, wanted->pKernelName, NULL);
    REFUSE(kernel == NULL, INVALID_KERNEL_NAME);
    uint32_t arguments = 0;
    clGetKernelInfo(kernel, CL_KERNEL_NUM_ARGS, sizeof arguments, &arguments, NULL);
    REFUSE(arguments > MOST_ARGUMENTS, UNSUPPORTED_SIZE);
    function *made = make(FUNCTION, sizeof *made, owner);
    made->kernel = kernel;
    made->arguments = arguments;
    made->local[0] = made->local[1] = made->local[2] = 1;
    for (uint32_t i = 0; i < arguments; i++) {
        cl_kernel_arg_address_qualifier space = CL_KERNEL_ARG_ADDRESS_PRIVATE;
        clGetKernelArgInfo(kernel, i, CL_KERNEL_ARG_ADDRESS_QUALIFIER, sizeof space, &space, NULL);
        made->argument[i].kind = space == CL_KERNEL_ARG_ADDRESS_PRIVATE ? VALUE : POINTER;
    }
    return give(handle, made);
}

static ze_result_t kernel_destroy(ze_kernel_handle_t handle) {
    ze_result_t result = retire(handle, FUNCTION);
    if (result == ZE_RESULT_SUCCESS) { clReleaseKernel(((function *)handle)->kernel); }
    return result;
}

static ze_result_t kernel_size(ze_kernel_handle_t handle, uint32_t x, uint32_t y, uint32_t z) {
    ENTER_WITH(handle, FUNCTION);
    REFUSE(x == 0 || y == 0 || z == 0 || (uint64_t)x * y * z > 1024, INVALID_GROUP_SIZE_DIMENSION);
    memcpy(((function *)handle)->local, (size_t[]){x, y, z}, 3 * sizeof(size_t));
    return ZE_RESULT_SUCCESS;
}

static ze_result_t kernel_argument(ze_kernel_handle_t handle, uint32_t index, size_t bytes, const void *value) {
    ENTER_WITH(handle, FUNCTION);
    function *f = (function *)handle;
    REFUSE(index >= f->arguments, INVALID_KERNEL_ARGUMENT_INDEX);
    argument *a = &f->argument[index];
    if (a->kind == VALUE) {
        REFUSE(value == NULL, INVALID_NULL_POINTER);
        REFUSE(bytes > MOST_BYTES || clSetKernelArg(f->kernel, index, bytes, value) != CL_SUCCESS, INVALID_KERNEL_ARGUMENT_SIZE);
        a->size = bytes;
        memcpy(a->value, value, bytes);
    } else {
        REFUSE(bytes != sizeof(void *), INVALID_KERNEL_ARGUMENT_SIZE);
        void *address = value == NULL ? NULL : *(void *const *)value;
        REFUSE(!locate(address, 1, &a->memory, &a->real) || (address != NULL && a->memory == NULL), INVALID_ARGUMENT);
    }
    a->set = true;
    return ZE_RESULT_SUCCESS;
}

TABLE(Module, module, P(Create, module_create), P(Destroy, module_destroy), P(GetNativeBinary, module_binary))
TABLE(ModuleBuildLog, module_build_log, P(Destroy, log_destroy), P(GetString, log_text))
TABLE(Kernel, kernel, P(Create, kernel_create), P(Destroy, kernel_destroy), P(SetGroupSize, kernel_size), P(SetArgumentValue, kernel_argument))
