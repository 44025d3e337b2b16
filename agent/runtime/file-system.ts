import fs from 'node:fs';

/** What log files are read through, so that a test can let it fail at any step. */
export type FileSystem = Pick<typeof fs, 'openSync' | 'read' | 'readSync' | 'readdirSync' | 'statSync'>;

export const systemFiles: FileSystem = fs;
