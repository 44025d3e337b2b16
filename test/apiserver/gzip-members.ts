import { inflateRawSync } from 'node:zlib';

/** Of a member without optional fields, as Go writes them (RFC 1952, 2.3). */
const MAGIC = Buffer.from([0x1f, 0x8b, 0x08, 0x00]);
const HEAD_BYTES = 10;

/** What is packed with gzip somewhere in there, unpacked: a chunk of Loki is made of such blocks, with other things between. */
export function gzipMembers(bytes: Buffer): Buffer[] {
  const members: Buffer[] = [];
  for (let at = bytes.indexOf(MAGIC); at !== -1; at = bytes.indexOf(MAGIC, at + 1)) {
    const member = unpacked(bytes.subarray(at + HEAD_BYTES));
    if (member !== null) members.push(member);
  }
  return members;
}

/** Null: four bytes that only look like a head. */
function unpacked(bytes: Buffer): Buffer | null {
  try {
    return inflateRawSync(bytes);
  } catch {
    return null;
  }
}
