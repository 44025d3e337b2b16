import { createRequire } from 'node:module';

/**
 * `node:http`, required: an ESM import reads every one of its exports, among them `WebSocket`, whose getter loads the HTTP client
 * inside Node, 14 MB that an agent on every node of a cluster can do without.
 */
export const http: typeof import('node:http') = createRequire(import.meta.url)('node:http') as typeof import('node:http');
