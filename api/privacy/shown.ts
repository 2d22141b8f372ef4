/** How a field of an answer is shown to whoever numbers and names are hidden from: the keyword "x-personal" of its schema. */
export type Shown =
  /** As it is: times, counts, ids that we made, names that the operator gave. */
  | 'plain'
  /** A word of the protocol or the switch; a text as soon as a number stands in it. */
  | 'word'
  /** A number, a name, a user part: as a whole a token. */
  | 'person'
  /** A Call-ID, channel or other identifier, which may hold a number. */
  | 'key'
  /** What a switch or a sender said about the call: hidden by what is known of the call. */
  | 'said'
  /** Sentences of ours with what others said in quotes. */
  | 'quoted'
  /** Steps of the ladder, whose fields depend on their kind. */
  | 'step'
  /** Headers of an event, by their names. */
  | 'headers';

/** A field that says nothing is read as a text, in which whatever looks like a number is hidden. */
export const shown = (how: Shown): { readonly 'x-personal': Shown } => ({ 'x-personal': how });
