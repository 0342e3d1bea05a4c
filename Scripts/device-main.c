/* Runs the network of examples.h and prints its outputs: on a host those of all codes of a file, on a device those of the examples in it. */
#include "examples.h"

#ifdef DEVICE

extern char bss_start[], bss_end[], stack_top[];

static void call(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

static void print(long number, char end)
{
    char text[16];
    unsigned place = sizeof text;
    unsigned long size = number < 0 ? 0ul - (unsigned long)number : (unsigned long)number;
    text[--place] = 0;
    text[--place] = end;
    do {
        text[--place] = (char)('0' + size % 10);
        size /= 10;
    } while (size != 0);
    if (number < 0)
        text[--place] = '-';
    call(4, text + place); /* SYS_WRITE0 */
}

void *memcpy(void *to, const void *from, size_t count)
{
    size_t i;
    for (i = 0; i < count; i++)
        ((volatile char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *memset(void *to, int value, size_t count)
{
    size_t i;
    for (i = 0; i < count; i++)
        ((volatile char *)to)[i] = (char)value;
    return to;
}

/* The stack below is painted, so that what a run takes of it can be seen. */
#define PAINTED 4096u

static void run(void)
{
    static TYPE output[COUNT];
    unsigned example, i;
    volatile unsigned char *stack = (volatile unsigned char *)__builtin_frame_address(0) - PAINTED - 64;
    for (example = 0; example < sizeof examples / sizeof *examples; example++) {
        for (i = 0; i < PAINTED; i++)
            stack[i] = 0xA5;
        RUN(examples[example], output);
        for (i = 0; i < PAINTED && stack[i] == 0xA5; i++)
            ;
        for (unsigned k = 0; k < COUNT; k++)
            print(output[k], k + 1 < COUNT ? ' ' : '\n');
        if (example == 0) {
            call(4, "# stack ");
            print((long)(PAINTED + 64 - i), '\n');
        }
    }
}

void reset(void)
{
    char *place;
    for (place = bss_start; place < bss_end; place++)
        *(volatile char *)place = 0;
    run();
    call(0x18, (const void *)0x20026); /* SYS_EXIT: the application ends. */
    for (;;)
        ;
}

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {stack_top, (const void *)reset};

#else

#include <stdio.h>

int main(int argc, char **argv)
{
    static int8_t input[sizeof *examples];
    static TYPE output[COUNT];
    unsigned example, k;
    FILE *from = argc > 2 ? fopen(argv[1], "rb") : NULL, *to = argc > 2 ? fopen(argv[2], "wb") : NULL;
    for (example = 0; example < sizeof examples / sizeof *examples; example++) {
        RUN(examples[example], output);
        for (k = 0; k < COUNT; k++)
            printf("%ld%c", (long)output[k], k + 1 < COUNT ? ' ' : '\n');
    }
    while (from != NULL && to != NULL && fread(input, sizeof input, 1, from) == 1) {
        RUN(input, output);
        if (fwrite(output, sizeof output, 1, to) != 1)
            return 2;
    }
    return to != NULL ? fclose(to) : 0;
}

#endif
