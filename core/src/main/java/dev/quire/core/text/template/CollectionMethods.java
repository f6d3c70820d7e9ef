package dev.quire.core.text.template;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The methods of lists, tuples, ranges and dictionaries that do not modify them. */
final class CollectionMethods {

    private final Sandbox sandbox;

    CollectionMethods(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    Optional<Value> find(SequenceValue sequence, String name) {
        return switch (name) {
            case "index" -> method(sequence, name, arguments -> index(sequence, arguments));
            case "count" -> method(sequence, name, arguments -> count(sequence, arguments));
            case "copy" -> sequence instanceof ListValue ? method(sequence, name, _ -> sequence) : Optional.empty();
            case "start" -> range(sequence).map(range -> IntValue.of(range.start()));
            case "stop" -> range(sequence).map(range -> IntValue.of(range.stop()));
            case "step" -> range(sequence).map(range -> IntValue.of(range.step()));
            default -> Optional.empty();
        };
    }

    Optional<Value> find(DictValue dict, String name) {
        return switch (name) {
            case "keys" -> view(dict, name, DictView.Part.KEYS);
            case "values" -> view(dict, name, DictView.Part.VALUES);
            case "items" -> view(dict, name, DictView.Part.ITEMS);
            case "copy" -> method(dict, name, _ -> dict);
            case "get" ->
                method(dict, name, arguments -> {
                    List<Value> given = arguments.only("get", 1, 2);
                    return dict.get(given.getFirst()).orElse(given.size() > 1 ? given.get(1) : NoneValue.NONE);
                });
            default -> Optional.empty();
        };
    }

    private Optional<Value> view(DictValue dict, String name, DictView.Part part) {
        return method(dict, name, arguments -> {
            arguments.only(name, 0, 0);
            sandbox.budget().items(dict.entries().size());
            return sandbox.view(dict, part);
        });
    }

    private static Optional<Value> method(Value self, String name, Function<Arguments, Value> body) {
        return Optional.of(CallableValue.function(self.typeName() + "." + name, body));
    }

    private static Optional<RangeValue> range(SequenceValue sequence) {
        return sequence instanceof RangeValue range ? Optional.of(range) : Optional.empty();
    }

    private Value index(SequenceValue sequence, Arguments arguments) {
        List<Value> given = arguments.only("index", 1, 3);
        int size = sequence.elements().size();
        int start = given.size() > 1 ? position(given.get(1), size) : 0;
        int end = given.size() > 2 ? position(given.get(2), size) : size;
        for (int i = start; i < end; i++) {
            if (sandbox.equal(sequence.elements().get(i), given.getFirst())) {
                return IntValue.of(i);
            }
        }
        throw TemplateException.render("value is not in " + sequence.typeName() + ". Check with 'in' first.");
    }

    private static int position(Value value, int size) {
        int index = Convert.index(value, "index");
        return Math.min(size, index < 0 ? Math.max(0, index + size) : index);
    }

    private Value count(SequenceValue sequence, Arguments arguments) {
        Value wanted = arguments.only("count", 1, 1).getFirst();
        return IntValue.of(sequence.elements().stream()
                .filter(element -> sandbox.equal(element, wanted))
                .count());
    }
}
