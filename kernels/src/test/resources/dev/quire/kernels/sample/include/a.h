#include "b.h"
#define ONE TINY
