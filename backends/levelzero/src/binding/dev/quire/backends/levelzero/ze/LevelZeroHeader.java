package dev.quire.backends.levelzero.ze;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/** How JavaCPP reads {@code ze_api.h}: handles are pointers to opaque structures. The generated class extends this one. */
@Properties(
        value = @Platform(includepath = "/usr/include", include = "level_zero/ze_api.h", link = "ze_loader@.1", library = "jniquireze"),
        target = "dev.quire.backends.levelzero.ze",
        global = "dev.quire.backends.levelzero.ze.LevelZero")
public class LevelZeroHeader implements InfoMapper {
    private static final String[] HANDLES = {
        "driver", "device", "context", "command_queue", "command_list", "fence", "event_pool", "event", "image", "module",
        "module_build_log", "kernel", "sampler", "physical_mem", "fabric_vertex", "fabric_edge",
    };

    @Override
    public void map(InfoMap infos) {
        infos.put(new Info("ZE_APICALL", "ZE_APIEXPORT", "ZE_DLLEXPORT", "__zecall").cppTypes().annotations());
        for (String handle : HANDLES) {
            String type = "ze_" + handle + "_handle_t";
            infos.put(new Info(type)
                    .valueTypes("_" + type)
                    .pointerTypes("@ByPtrPtr _" + type, "@Cast(\"" + type + "*\") PointerPointer"));
        }
    }
}
