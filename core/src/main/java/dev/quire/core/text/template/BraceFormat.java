package dev.quire.core.text.template;

import java.util.List;

/** {@code str.format}: replacement fields {@code {name.attribute[key]!conversion:spec}}. Attributes obey the sandbox. */
final class BraceFormat {

    private final Arguments arguments;
    private final Sandbox sandbox;
    private final Attributes attributes;
    private int automatic;
    private boolean numbered;

    private BraceFormat(Arguments arguments, Sandbox sandbox, Attributes attributes) {
        this.arguments = arguments;
        this.sandbox = sandbox;
        this.attributes = attributes;
    }

    static String format(String format, Arguments arguments, Sandbox sandbox, Attributes attributes) {
        return new BraceFormat(arguments, sandbox, attributes).expand(format, 2);
    }

    private String expand(String format, int levels) {
        if (levels == 0) {
            throw TemplateException.render("format fields nest too deeply");
        }
        Writer out = new Writer(sandbox.budget());
        int position = 0;
        while (position < format.length()) {
            char unit = format.charAt(position);
            if ((unit == '{' || unit == '}') && format.startsWith(unit + "" + unit, position)) {
                out.append(unit);
                position += 2;
            } else if (unit == '{') {
                int end = endOfField(format, position + 1);
                out.append(field(format.substring(position + 1, end), levels));
                position = end + 1;
            } else if (unit == '}') {
                throw TemplateException.render("single '}' encountered in format string. Write }} for a brace.");
            } else {
                out.append(unit);
                position++;
            }
        }
        return out.toString();
    }

    private static int endOfField(String format, int start) {
        int depth = 1;
        for (int i = start; i < format.length(); i++) {
            depth += format.charAt(i) == '{' ? 1 : format.charAt(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw TemplateException.render("single '{' encountered in format string. Write {{ for a brace.");
    }

    private String field(String field, int levels) {
        int colon = specStart(field);
        String spec = colon < 0 ? "" : expand(field.substring(colon + 1), levels - 1);
        String head = colon < 0 ? field : field.substring(0, colon);
        int mark = head.lastIndexOf('!');
        String conversion = mark < 0 ? "" : head.substring(mark + 1);
        Value value = lookup(mark < 0 ? head : head.substring(0, mark));
        return switch (conversion) {
            case "" -> FormatSpec.format(value, spec, sandbox);
            case "s" -> FormatSpec.format(sandbox.text(sandbox.str(value)), spec, sandbox);
            case "r" -> FormatSpec.format(sandbox.text(Repr.repr(value, sandbox)), spec, sandbox);
            default -> throw TemplateException.render("unknown conversion '!" + conversion + "'. Choices: !s, !r.");
        };
    }

    private static int specStart(String field) {
        int bracket = 0;
        for (int i = 0; i < field.length(); i++) {
            bracket += field.charAt(i) == '[' ? 1 : field.charAt(i) == ']' ? -1 : 0;
            if (field.charAt(i) == ':' && bracket == 0) {
                return i;
            }
        }
        return -1;
    }

    private Value lookup(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        Value value = first(path.substring(0, end));
        while (end < path.length()) {
            boolean bracket = path.charAt(end) == '[';
            int next = end + 1;
            while (next < path.length()
                    && (bracket ? path.charAt(next) != ']' : path.charAt(next) != '.' && path.charAt(next) != '[')) {
                next++;
            }
            String name = path.substring(end + 1, next);
            value = bracket ? attributes.item(value, key(name)) : attributes.attribute(value, name);
            end = bracket ? next + 1 : next;
        }
        return value;
    }

    private static Value key(String name) {
        return name.matches("\\d{1,9}") ? IntValue.of(Integer.parseInt(name)) : new TextValue(name);
    }

    private Value first(String name) {
        if (name.isEmpty() || name.matches("\\d{1,9}")) {
            numbered |= !name.isEmpty();
            int index = name.isEmpty() ? automatic++ : Integer.parseInt(name);
            if (numbered && automatic > 0) {
                throw TemplateException.render("format fields are numbered all by hand or all automatically");
            }
            List<Value> positional = arguments.positional();
            if (index >= positional.size()) {
                throw TemplateException.render("replacement index " + index + " is out of range: format() got "
                        + positional.size() + " positional arguments");
            }
            return positional.get(index);
        }
        Value value = arguments.named().get(name);
        if (value == null) {
            throw TemplateException.render("format() has no argument '" + name + "'. Given: "
                    + arguments.named().keySet() + ".");
        }
        return value;
    }
}
