"""The CUDA backend: the OpenCL backend's templates, compiled by NVRTC and launched through pycuda."""
