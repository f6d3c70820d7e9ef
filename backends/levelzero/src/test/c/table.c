/* What the loader asks a driver for: a table of functions for each kind of object. What is missing from a table is unsupported; the loader wants
 * the tables of tools and system management too, which are empty. */
#include "loopback.h"

#include <level_zero/zes_api.h>
#include <level_zero/zes_ddi.h>
#include <level_zero/zet_api.h>
#include <level_zero/zet_ddi.h>

#define F(name) extern ze_result_t name()
F(initialize); F(driver_get); F(driver_version); F(driver_properties); F(driver_extensions); F(device_get); F(device_parts); F(device_properties);
F(device_compute); F(device_modules); F(device_memories); F(device_access); F(device_queues); F(device_status); F(device_clock);
F(context_create); F(context_destroy); F(memory_device); F(memory_host); F(memory_shared); F(memory_free); F(memory_properties); F(memory_range);
F(module_create); F(module_destroy); F(module_binary); F(log_text); F(log_destroy); F(kernel_create); F(kernel_destroy); F(kernel_size);
F(kernel_argument); F(kernel_properties); F(kernel_name); F(list_create); F(list_immediate); F(list_destroy); F(list_reset); F(list_close);
F(append_launch); F(append_copy); F(append_fill); F(append_barrier); F(append_wait); F(append_signal); F(append_reset); F(append_clock);
F(append_stamps); F(queue_create); F(queue_destroy); F(queue_execute); F(queue_await); F(pool_create); F(pool_destroy); F(event_create);
F(event_destroy); F(event_signal); F(event_reset); F(event_await); F(event_status); F(event_stamp); F(fence_create); F(fence_destroy);
F(fence_await); F(fence_status); F(fence_reset);

#define P(member, function) .pfn##member = (void *)function
#define TABLE(prefix, name, type, ...)                                                      \
    ZE_DLLEXPORT ze_result_t ZE_APICALL prefix##Get##name##ProcAddrTable(ze_api_version_t version, type *table) { \
        (void)version;                                                                      \
        NEED(table);                                                                        \
        *table = (type){__VA_ARGS__};                                                       \
        return ZE_RESULT_SUCCESS;                                                           \
    }

TABLE(ze, Global, ze_global_dditable_t, P(Init, initialize))
TABLE(ze, Driver, ze_driver_dditable_t, P(Get, driver_get), P(GetApiVersion, driver_version), P(GetProperties, driver_properties),
      P(GetExtensionProperties, driver_extensions))
TABLE(ze, Device, ze_device_dditable_t, P(Get, device_get), P(GetSubDevices, device_parts), P(GetProperties, device_properties),
      P(GetComputeProperties, device_compute), P(GetModuleProperties, device_modules), P(GetMemoryProperties, device_memories),
      P(GetMemoryAccessProperties, device_access), P(GetCommandQueueGroupProperties, device_queues), P(GetStatus, device_status),
      P(GetGlobalTimestamps, device_clock))
TABLE(ze, Context, ze_context_dditable_t, P(Create, context_create), P(Destroy, context_destroy))
TABLE(ze, Mem, ze_mem_dditable_t, P(AllocShared, memory_shared), P(AllocDevice, memory_device), P(AllocHost, memory_host), P(Free, memory_free),
      P(GetAllocProperties, memory_properties), P(GetAddressRange, memory_range))
TABLE(ze, Module, ze_module_dditable_t, P(Create, module_create), P(Destroy, module_destroy), P(GetNativeBinary, module_binary))
TABLE(ze, ModuleBuildLog, ze_module_build_log_dditable_t, P(Destroy, log_destroy), P(GetString, log_text))
TABLE(ze, Kernel, ze_kernel_dditable_t, P(Create, kernel_create), P(Destroy, kernel_destroy), P(SetGroupSize, kernel_size),
      P(SetArgumentValue, kernel_argument), P(GetProperties, kernel_properties), P(GetName, kernel_name))
TABLE(ze, CommandList, ze_command_list_dditable_t, P(Create, list_create), P(CreateImmediate, list_immediate), P(Destroy, list_destroy),
      P(Close, list_close), P(Reset, list_reset), P(AppendWriteGlobalTimestamp, append_clock), P(AppendBarrier, append_barrier),
      P(AppendMemoryCopy, append_copy), P(AppendMemoryFill, append_fill), P(AppendSignalEvent, append_signal),
      P(AppendWaitOnEvents, append_wait), P(AppendEventReset, append_reset), P(AppendQueryKernelTimestamps, append_stamps),
      P(AppendLaunchKernel, append_launch))
TABLE(ze, CommandQueue, ze_command_queue_dditable_t, P(Create, queue_create), P(Destroy, queue_destroy),
      P(ExecuteCommandLists, queue_execute), P(Synchronize, queue_await))
TABLE(ze, EventPool, ze_event_pool_dditable_t, P(Create, pool_create), P(Destroy, pool_destroy))
TABLE(ze, Event, ze_event_dditable_t, P(Create, event_create), P(Destroy, event_destroy), P(HostSignal, event_signal),
      P(HostSynchronize, event_await), P(QueryStatus, event_status), P(HostReset, event_reset), P(QueryKernelTimestamp, event_stamp))
TABLE(ze, Fence, ze_fence_dditable_t, P(Create, fence_create), P(Destroy, fence_destroy), P(HostSynchronize, fence_await),
      P(QueryStatus, fence_status), P(Reset, fence_reset))
TABLE(ze, Image, ze_image_dditable_t, 0)
TABLE(ze, Sampler, ze_sampler_dditable_t, 0)
TABLE(ze, PhysicalMem, ze_physical_mem_dditable_t, 0)
TABLE(ze, VirtualMem, ze_virtual_mem_dditable_t, 0)
TABLE(ze, DeviceExp, ze_device_exp_dditable_t, 0)
TABLE(ze, ImageExp, ze_image_exp_dditable_t, 0)
TABLE(ze, EventExp, ze_event_exp_dditable_t, 0)
TABLE(ze, KernelExp, ze_kernel_exp_dditable_t, 0)
TABLE(ze, FabricEdgeExp, ze_fabric_edge_exp_dditable_t, 0)
TABLE(ze, FabricVertexExp, ze_fabric_vertex_exp_dditable_t, 0)
TABLE(zet, Device, zet_device_dditable_t, 0)
TABLE(zet, Context, zet_context_dditable_t, 0)
TABLE(zet, CommandList, zet_command_list_dditable_t, 0)
TABLE(zet, Module, zet_module_dditable_t, 0)
TABLE(zet, Kernel, zet_kernel_dditable_t, 0)
TABLE(zet, MetricGroup, zet_metric_group_dditable_t, 0)
TABLE(zet, MetricGroupExp, zet_metric_group_exp_dditable_t, 0)
TABLE(zet, Metric, zet_metric_dditable_t, 0)
TABLE(zet, MetricStreamer, zet_metric_streamer_dditable_t, 0)
TABLE(zet, MetricQueryPool, zet_metric_query_pool_dditable_t, 0)
TABLE(zet, MetricQuery, zet_metric_query_dditable_t, 0)
TABLE(zet, TracerExp, zet_tracer_exp_dditable_t, 0)
TABLE(zet, Debug, zet_debug_dditable_t, 0)
TABLE(zes, Driver, zes_driver_dditable_t, 0)
TABLE(zes, Device, zes_device_dditable_t, 0)
TABLE(zes, Scheduler, zes_scheduler_dditable_t, 0)
TABLE(zes, PerformanceFactor, zes_performance_factor_dditable_t, 0)
TABLE(zes, Power, zes_power_dditable_t, 0)
TABLE(zes, Frequency, zes_frequency_dditable_t, 0)
TABLE(zes, Engine, zes_engine_dditable_t, 0)
TABLE(zes, Standby, zes_standby_dditable_t, 0)
TABLE(zes, Firmware, zes_firmware_dditable_t, 0)
TABLE(zes, Memory, zes_memory_dditable_t, 0)
TABLE(zes, FabricPort, zes_fabric_port_dditable_t, 0)
TABLE(zes, Temperature, zes_temperature_dditable_t, 0)
TABLE(zes, Psu, zes_psu_dditable_t, 0)
TABLE(zes, Fan, zes_fan_dditable_t, 0)
TABLE(zes, Led, zes_led_dditable_t, 0)
TABLE(zes, Ras, zes_ras_dditable_t, 0)
TABLE(zes, Diagnostics, zes_diagnostics_dditable_t, 0)
