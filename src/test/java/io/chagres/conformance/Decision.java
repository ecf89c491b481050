package io.chagres.conformance;

/** The reason why a row does not apply to Chagres, or why Chagres differs. */
record Decision(String id, Kind kind, String reason) {
    enum Kind {
        NOT_APPLICABLE("n/a"),
        DIFFERS("differs");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        static Kind of(String word) {
            for (Kind kind : values()) {
                if (kind.word.equals(word)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("neither n/a nor differs: " + word);
        }

        @Override
        public String toString() {
            return word;
        }
    }
}
