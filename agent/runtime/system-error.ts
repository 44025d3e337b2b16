/** What the operating system answered: ENOSPC, EROFS, EIO and so on, and no bug of ours. */
export interface SystemError extends Error {
  readonly code: string;
}

/** Node's own codes, which begin with ERR_, tell of wrong calls: bugs. */
export function isSystemError(error: unknown): error is SystemError {
  const { code } = error as { code?: unknown };
  return error instanceof Error && typeof code === 'string' && !code.startsWith('ERR_');
}
