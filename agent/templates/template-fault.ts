/** Why a text is no template. It is thrown from deep within the parser, and caught where that begins: nobody else sees it. */
export class TemplateFault extends Error {
  /** The name of a function that there is none of. */
  readonly unknown: string | null;

  constructor(message: string, unknown: string | null = null) {
    super(message);
    this.unknown = unknown;
  }
}
