/** Browsers refuse a page that rewrites its address too often (Safari: 100 times in 30 s), as a held arrow key would. */
const PAUSE_MS = 350;

export interface AddressWriter {
  /** Replaces the address at once, or soon when it was replaced just now; the last one given wins. */
  write(address: string): void;
  /** Forgets what is still to be written: the address belongs to another page now. */
  cancel(): void;
}

export function createAddressWriter(replace: (address: string) => void): AddressWriter {
  let next: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    timer = undefined;
    if (next === undefined) return;
    replace(next);
    next = undefined;
    timer = setTimeout(flush, PAUSE_MS);
  }

  return {
    write(address) {
      next = address;
      if (timer === undefined) flush();
    },
    cancel() {
      next = undefined;
    },
  };
}
