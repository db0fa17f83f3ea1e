import Glibc
import Synchronization

/// How the process gets memory from the system.
///
/// Loading a network allocates and frees blocks of tens of megabytes; the C library by default maps each afresh, and the
/// kernel clears every page at the first touch, 4 KiB at a time. Measured with Moonshine tiny: 38,600 page faults and 0.37 s
/// to load; with the heap kept, grown in large steps and backed by 2 MiB pages, 700 faults and 0.31 s.
public enum ProcessMemoryTuning {
    /// Address space reserved at the start, not memory: pages count when they are touched.
    private static let reserve = 128 << 20

    /// Call first in `main`, before other threads exist. Does nothing with another C library or allocator.
    public static func apply() {
        guard let mallopt = function("mallopt", as: (@convention(c) (Int32, Int32) -> Int32).self) else { return }
        // Blocks up to 64 MiB come from the heap, which gives memory back when 96 MiB at its end are free.
        guard mallopt(mmapThreshold, 64 << 20) == 1, mallopt(trimThreshold, 96 << 20) == 1 else { return }
        _ = mallopt(topPad, 1 << 20)
        // With few cores one heap for all threads is no bottleneck, and freed memory serves every thread.
        if sysconf(Int32(_SC_NPROCESSORS_ONLN)) <= 4 { _ = mallopt(arenaMaximum, 1) }
        isApplied.store(true, ordering: .relaxed)
    }

    /// Prepares the heap for models of tens of megabytes, once; programs that load none do not pay for it.
    static func prepareForModels() {
        guard isApplied.exchange(false, ordering: .relaxed) else { return }
        requestLargePages()
    }

    private static let isApplied = Atomic<Bool>(false)

    /// Gives unused heap memory back to the system; call between files, not inside loops (some milliseconds).
    public static func releaseUnused() {
        guard let trim = function("malloc_trim", as: (@convention(c) (Int) -> Int32).self) else { return }
        _ = trim(0)
    }

    /// Grows the heap by blocks that lie in it side by side, then asks for large pages from the first to the last.
    ///
    /// A small block above them stays allocated: OpenVINO trims the heap after each compilation, which would otherwise give
    /// the reserve back, and what grows there later has small pages again.
    private static func requestLargePages() {
        let half = reserve / 2 - 4096
        guard let first = malloc(half), let second = malloc(half) else { return }
        // Kept in a variable, or the compiler would leave this allocation out.
        cap.store(UInt(bitPattern: malloc(1 << 20)), ordering: .relaxed)
        defer {
            free(second)
            free(first)
        }
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        let start = (UInt(bitPattern: first) + page - 1) & ~(page - 1)
        let end = (UInt(bitPattern: second) + UInt(half)) & ~(page - 1)
        // Elsewhere than expected, such as under another allocator: leave it alone.
        guard start < end, end - start <= UInt(reserve) else { return }
        madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), Int32(MADV_HUGEPAGE))
    }

    private static let cap = Atomic<UInt>(0)

    // From <malloc.h>, which Swift's Glibc module leaves out.
    private static let trimThreshold: Int32 = -1
    private static let topPad: Int32 = -2
    private static let mmapThreshold: Int32 = -3
    private static let arenaMaximum: Int32 = -8

    private static func function<F>(_ name: String, as type: F.Type) -> F? {
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }
}
