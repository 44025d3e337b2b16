const RECORD = /^\S+ std(?:out|err) (?<tag>[PF]) (?<text>.*)$/s;

/** The lines in the CRI log of a container that prints to one channel only; an oracle that shares nothing with the agent's decoder. */
export class CriLines {
  /** Of a record that is not on disk as a whole. */
  #record = '';
  /** Of a line whose records are not all on disk, which may go on in the next file. */
  #line = '';

  /** The lines that these bytes complete. */
  feed(bytes: Buffer): string[] {
    const records = (this.#record + bytes.toString('latin1')).split('\n');
    this.#record = records.pop()!;
    return records.flatMap((record) => this.#take(record));
  }

  #take(record: string): string[] {
    const { tag, text } = RECORD.exec(record)?.groups ?? {};
    if (text === undefined) throw new Error(`not a CRI record: ${record.slice(0, 100)}`);
    this.#line += text;
    if (tag === 'P') return [];
    const line = this.#line;
    this.#line = '';
    return [line];
  }
}
