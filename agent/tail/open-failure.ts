/** Why a file of a log is not opened. */
export type OpenFailure = 'missing' | 'outside_roots' | 'another_pod' | 'not_regular' | 'denied' | 'too_many_open' | 'io_error';

/** Throws what no file system has said. */
export function failureOf(error: unknown): OpenFailure {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case undefined:
      throw error;
    case 'ENOENT':
    case 'ENOTDIR':
      return 'missing';
    case 'EACCES':
    case 'EPERM':
      return 'denied';
    case 'EMFILE':
    case 'ENFILE':
      return 'too_many_open';
    case 'ELOOP':
    case 'ENXIO':
      return 'not_regular';
    default:
      return 'io_error';
  }
}
