// CLONED compiles a function for AVX2 as well and lets the loader choose. The thread sanitizer instruments the function
// that chooses, which runs before the sanitizer is there, so there is one version under it.

#ifndef CSIMD_CLONED_H
#define CSIMD_CLONED_H

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CLONED
#endif
#endif

#if !defined(CLONED) && defined(__x86_64__)
#define CLONED __attribute__((target_clones("avx2", "default")))
#elif !defined(CLONED)
#define CLONED
#endif

#endif
