package dev.quire.backends.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** A question to the driver about one thing; its answers come by number. */
@FunctionalInterface
interface Query {
    int ask(int what, long bytes, Pointer answer, long[] size);

    static Query of(cl_device_id device) {
        return (what, bytes, answer, size) -> CL.clGetDeviceInfo(device, what, bytes, answer, size);
    }

    static Query of(cl_platform_id platform) {
        return (what, bytes, answer, size) -> CL.clGetPlatformInfo(platform, what, bytes, answer, size);
    }

    /** A text without the zero at its end. */
    default String text(int what) {
        long[] size = new long[1];
        Status.check(ask(what, 0, null, size), "clGet…Info");
        byte[] bytes = new byte[Math.toIntExact(size[0])];
        Status.check(ask(what, bytes.length, Pointer.to(bytes), null), "clGet…Info");
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return new String(Arrays.copyOf(bytes, end), StandardCharsets.UTF_8).strip();
    }

    /** A number of 4 or 8 bytes; 0 where the driver does not know the question. */
    default long number(int what) {
        byte[] bytes = new byte[Long.BYTES];
        int status = ask(what, bytes.length, Pointer.to(bytes), null);
        return status == CL.CL_SUCCESS
                ? ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong()
                : 0;
    }
}
