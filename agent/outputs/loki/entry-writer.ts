import type { Channel } from '../../model/record.ts';
import type { LineMemory } from '../../runtime/line-memory.ts';
import type { LineTable } from '../../runtime/line-table.ts';
import type { WireBuffer } from '../../runtime/wire-buffer.ts';
import type { EncodedMetadata } from './encoded-metadata.ts';
import { WRITE_WASM } from './write-wasm.ts';

interface Exports {
  write(rows: number, lines: number, channel: Channel, metadata: number, metadataBytes: number, to: number): number;
}

/** Makes entries of the lines of a table, many at a call: the bytes that `writeEntry` makes of them one by one. */
export class EntryWriter {
  readonly #memory: LineMemory;
  readonly #exports: Exports;

  constructor(memory: LineMemory) {
    this.#memory = memory;
    this.#exports = memory.instantiate(WRITE_WASM) as Exports;
  }

  /** Whether so much metadata may go with each entry. */
  takes({ words }: EncodedMetadata): boolean {
    return words.byteLength <= this.#memory.metadata.bytes;
  }

  /** Appends the lines of a channel; returns by how many bytes `wire` grew. */
  append(wire: WireBuffer, table: LineTable, channel: Channel, { words, length }: EncodedMetadata): number {
    const { metadata, entries, bytes } = this.#memory;
    this.#memory.words.set(words, metadata.address / 4);
    const end = this.#exports.write(table.address, table.lines, channel, metadata.address, length, entries.address);
    wire.write(bytes, entries.address, end);
    return end - entries.address;
  }
}
