/** OpenCL devices through JOCL: finds them, builds the portable kernels, replays commands. Never sees programs or batches. */
package dev.quire.backends.opencl;
