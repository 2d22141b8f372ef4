import { defineConfig } from 'vite';

/**
 * The page is served under a Content-Security-Policy of `default-src 'self'`: nothing may be inlined, neither a small
 * icon as a data: address nor a script.
 */
export default defineConfig({
  base: '/',
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
