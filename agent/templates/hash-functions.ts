import { hash } from 'node:crypto';
import { ofTexts, type TemplateFunction } from './function.ts';

/** Digests, in hexadecimal, and Base64. Promtail's own take what they hash in two pieces, whichever is called salt. */
export const HASH_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  Hash: ofTexts<[string, string]>(2, (salt, text) => hash('sha3-256', salt + text)),
  Sha2Hash: ofTexts<[string, string]>(2, (salt, text) => hash('sha256', salt + text)),
  sha1sum: ofTexts<[string]>(1, (text) => hash('sha1', text)),
  sha256sum: ofTexts<[string]>(1, (text) => hash('sha256', text)),
  b64enc: ofTexts<[string]>(1, (text) => Buffer.from(text).toString('base64')),
  b64dec: ofTexts<[string]>(1, (text) => Buffer.from(text, 'base64').toString()),
};
