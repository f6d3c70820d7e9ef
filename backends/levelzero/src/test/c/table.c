/* Tables of functions that the loader asks for and that stay empty: images, virtual memory, experiments, tools, system management. */
#include <level_zero/ze_api.h>

#define EMPTY(name) \
    ZE_DLLEXPORT ze_result_t name##ProcAddrTable(ze_api_version_t version, void *table) { return ZE_RESULT_SUCCESS; }

EMPTY(zeGetImage) EMPTY(zeGetSampler) EMPTY(zeGetPhysicalMem) EMPTY(zeGetVirtualMem) EMPTY(zeGetDeviceExp) EMPTY(zeGetImageExp)
EMPTY(zeGetEventExp) EMPTY(zeGetKernelExp) EMPTY(zeGetFabricEdgeExp) EMPTY(zeGetFabricVertexExp)
EMPTY(zetGetDevice) EMPTY(zetGetContext) EMPTY(zetGetCommandList) EMPTY(zetGetModule) EMPTY(zetGetKernel) EMPTY(zetGetMetricGroup)
EMPTY(zetGetMetricGroupExp) EMPTY(zetGetMetric) EMPTY(zetGetMetricStreamer) EMPTY(zetGetMetricQueryPool) EMPTY(zetGetMetricQuery)
EMPTY(zetGetTracerExp) EMPTY(zetGetDebug)
EMPTY(zesGetDriver) EMPTY(zesGetDevice) EMPTY(zesGetScheduler) EMPTY(zesGetPerformanceFactor) EMPTY(zesGetPower) EMPTY(zesGetFrequency)
EMPTY(zesGetEngine) EMPTY(zesGetStandby) EMPTY(zesGetFirmware) EMPTY(zesGetMemory) EMPTY(zesGetFabricPort) EMPTY(zesGetTemperature)
EMPTY(zesGetPsu) EMPTY(zesGetFan) EMPTY(zesGetLed) EMPTY(zesGetRas) EMPTY(zesGetDiagnostics)
