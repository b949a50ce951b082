package org.tfckpt.restore;

/**
 * A variable to look for in a checkpoint.
 *
 * @param wanted the variable
 * @param name the name to look for, before the mapping
 */
record NamedVariable(Wanted wanted, String name) {
    static NamedVariable of(Wanted wanted) {
        return new NamedVariable(wanted, wanted.name());
    }
}
