/** x^64 + x^62 + ... + 1, of ECMA-182, most significant bit first. */
const POLYNOMIAL = 0x42f0_e1eb_a9ea_3693n;
const TOP_BIT = 1n << 63n;

const TABLE: BigUint64Array = BigUint64Array.from({ length: 256 }, (_, byte) => remainderOf(BigInt(byte) << 56n));

function remainderOf(value: bigint): bigint {
  let remainder = value;
  for (let bit = 0; bit < 8; bit += 1) {
    const shifted = BigInt.asUintN(64, remainder << 1n);
    remainder = (remainder & TOP_BIT) === 0n ? shifted : shifted ^ POLYNOMIAL;
  }
  return remainder;
}

/** CRC-64/ECMA-182: neither reflected nor inverted, starting from 0 (mrhooray/crc-catalog:src/algorithm.rs, CRC_64_ECMA_182). */
export function crc64(bytes: Uint8Array): bigint {
  let crc = 0n;
  for (const byte of bytes) crc = BigInt.asUintN(64, crc << 8n) ^ TABLE[Number(crc >> 56n) ^ byte]!;
  return crc;
}
