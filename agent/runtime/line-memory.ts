const PAGE = 65_536;
/** Loads and stores of the modules go up to 16 bytes beyond what they are for. */
const SLACK = 64;
const HEAD_BYTES = 256;
const ROWS_BYTES = 8192;
const METADATA_BYTES = 4096;
const ENTRIES_BYTES = 65_536;

/** A part of the memory. */
interface Region {
  readonly address: number;
  readonly bytes: number;
}

/**
 * The memory that the modules of tools/lines have in common: a chunk is read into it, the lines found there stand in it as a table, and so do
 * the entries made of them. It never grows, so that a view of it stays valid. One pipeline and its lane share one.
 */
export class LineMemory {
  readonly memory: WebAssembly.Memory;
  /** All of it. */
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  /** What is said of a table as a whole; the modules have it at the begin of the memory. */
  readonly head: Region = { address: 0, bytes: HEAD_BYTES };
  readonly rows: Region = { address: behind(this.head), bytes: ROWS_BYTES };
  readonly metadata: Region = { address: behind(this.rows), bytes: METADATA_BYTES };
  readonly entries: Region = { address: behind(this.metadata), bytes: ENTRIES_BYTES };
  /** What chunks are read into. */
  readonly chunk: Buffer;

  constructor(chunkBytes: number) {
    const address = behind(this.entries);
    const pages = Math.ceil((address + chunkBytes + SLACK) / PAGE);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.bytes = Buffer.from(this.memory.buffer);
    this.words = new Uint32Array(this.memory.buffer);
    this.chunk = this.bytes.subarray(address, address + chunkBytes);
  }

  /** What a module exports that was compiled to base64 and works on this memory. */
  instantiate(module: string): object {
    return new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(module, 'base64')), { env: { memory: this.memory } }).exports;
  }
}

function behind({ address, bytes }: Region): number {
  return address + bytes + SLACK;
}
