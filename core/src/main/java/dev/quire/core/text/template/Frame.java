package dev.quire.core.text.template;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What is known before rendering about the names of one scope: whether it reads a name of that kind from outside before it sets it. */
final class Frame {

    private enum Origin {
        OUTSIDE,
        HERE
    }

    private final Optional<Frame> parent;
    private final Map<String, Origin> origins = new HashMap<>();
    private final Set<String> stores = new HashSet<>();

    Frame(Optional<Frame> parent) {
        this.parent = parent;
    }

    /** A name that is set from outside when the scope begins: a parameter, or what a loop or with block names. */
    void parameter(String name) {
        stores.add(name);
        origins.put(name, Origin.OUTSIDE);
    }

    void read(String name) {
        if (!knows(name)) {
            origins.put(name, Origin.OUTSIDE);
        }
    }

    void store(String name) {
        stores.add(name);
        if (!origins.containsKey(name)) {
            origins.put(name, parent.filter(outer -> outer.knows(name)).isPresent() ? Origin.OUTSIDE : Origin.HERE);
        }
    }

    private boolean knows(String name) {
        for (Optional<Frame> frame = Optional.of(this); frame.isPresent(); frame = frame.get().parent) {
            if (frame.get().origins.containsKey(name)) {
                return true;
            }
        }
        return false;
    }

    /** This frame as a branch begins. */
    Frame branch() {
        Frame copy = new Frame(parent);
        copy.origins.putAll(origins);
        copy.stores.addAll(stores);
        return copy;
    }

    /** Takes in the branches of an {@code if}: a name that only some of them set may still come from outside. */
    void merge(List<Frame> branches) {
        Set<String> fresh = new HashSet<>();
        branches.forEach(branch -> fresh.addAll(branch.stores));
        fresh.removeAll(stores);
        branches.forEach(branch -> {
            origins.putAll(branch.origins);
            stores.addAll(branch.stores);
        });
        fresh.forEach(name -> origins.put(name, Origin.OUTSIDE));
    }

    /** Names that the scope sets before it reads them, and that no scope around it knows: nothing outside shows through. */
    Set<String> hidden() {
        return origins.entrySet().stream()
                .filter(entry -> entry.getValue() == Origin.HERE)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }
}
