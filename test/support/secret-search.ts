import { secretForms } from './secret-forms.ts';

interface Form {
  readonly bytes: Buffer;
  readonly secret: string;
}

/** Looks for many secrets at once, in each of their forms, in one pass over the bytes. */
export class SecretSearch {
  readonly #byHead: ReadonlyMap<number, readonly Form[]>;
  readonly forms: number;

  constructor(secrets: readonly string[]) {
    const forms = secrets.flatMap((secret) => secretForms(secret).map((form) => ({ bytes: Buffer.from(form), secret })));
    this.#byHead = Map.groupBy(forms, ({ bytes }) => bytes.readInt32BE(0));
    this.forms = forms.length;
  }

  /** The secrets that are in there, in any form. */
  in(bytes: Uint8Array): string[] {
    const found = new Set<string>();
    let head = 0;
    for (const [at, byte] of bytes.entries()) {
      head = (head << 8) | byte;
      for (const form of this.#byHead.get(head) ?? []) {
        const start = at - 3;
        if (form.bytes.equals(bytes.subarray(start, start + form.bytes.length))) found.add(form.secret);
      }
    }
    return [...found];
  }
}
