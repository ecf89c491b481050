/** A program that uses the jar as a module. ConsumerProject compiles it; Maven does not. */
module consumer {
    requires io.chagres;
}
