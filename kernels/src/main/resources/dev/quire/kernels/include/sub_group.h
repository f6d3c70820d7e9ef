/* Sub-groups: work-items of a group that run in lock step. Intel's extension, or else the one of Khronos, which needs OpenCL C 2.0; their functions are
 * called alike. */
#ifdef cl_intel_subgroups
#pragma OPENCL EXTENSION cl_intel_subgroups : enable
#else
#pragma OPENCL EXTENSION cl_khr_subgroups : enable
#endif
