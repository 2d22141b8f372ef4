/** Lets the event loop go round once: work that takes long makes sockets wait, and a kernel's buffer holds a tenth of a second. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
