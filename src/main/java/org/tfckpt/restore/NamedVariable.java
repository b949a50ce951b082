package org.tfckpt.restore;

/**
 * A variable to look for in a checkpoint.
 *
 * @param wanted the variable
 * @param name the name to look for, before the mapping
 * @param slot whether its graph states that it is state of an optimizer
 */
record NamedVariable(Wanted wanted, String name, boolean slot) {
    static NamedVariable of(Wanted wanted) {
        return of(wanted, false);
    }

    static NamedVariable of(Wanted wanted, boolean slot) {
        return new NamedVariable(wanted, wanted.name(), slot);
    }
}
