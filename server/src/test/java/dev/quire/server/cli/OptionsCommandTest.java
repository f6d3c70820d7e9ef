package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.server.options.OptionTable;
import dev.quire.server.options.OptionTable.Section;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which options of the table the commands take. */
class OptionsCommandTest {
    @ParameterizedTest
    @ValueSource(strings = {"explain", "bisect"})
    void aCommandWithoutAnEngineTakesOfTheCacheOnlyWhatItsProgramDependsOn(String command) {
        assertEquals(Set.of("kv-cache-dtype", "block-size"), taken(command, "KV cache"));
        assertEquals(Set.of(), taken(command, "Scheduler"));
        assertEquals(names("Device"), taken(command, "Device"));
        CommandRun ran = CommandRun.of(command, "--against", "cpu", "--num-gpu-blocks-override", "5");
        assertEquals(2, ran.status(), ran.err());
        assertTrue(ran.err().contains("--num-gpu-blocks-override"), ran.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"generate", "serve"})
    void aCommandWithAnEngineTakesTheWholeSection(String command) {
        assertEquals(names("KV cache"), taken(command, "KV cache"));
    }

    private static Set<String> taken(String command, String section) {
        Set<String> flags = QuireCommand.line(Map.of())
                .getSubcommands()
                .get(command)
                .getCommandSpec()
                .optionsMap()
                .keySet();
        return names(section).stream()
                .filter(name -> flags.contains("--" + name))
                .collect(Collectors.toSet());
    }

    private static Set<String> names(String title) {
        return OptionTable.SECTIONS.stream()
                .filter(section -> section.title().equals(title))
                .map(Section::options)
                .flatMap(List::stream)
                .map(option -> option.name())
                .collect(Collectors.toSet());
    }
}
